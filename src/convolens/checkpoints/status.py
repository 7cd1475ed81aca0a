"""CheckpointStatus: what TensorFlow's programs ask about a restored checkpoint."""


class CheckpointStatus:
    """What restoring gives: all was put back, so there is nothing to complain of.

    Example:
        >>> status = CheckpointStatus()
        >>> status.expect_partial() is status.assert_consumed() is status
        True
    """

    def assert_consumed(self) -> "CheckpointStatus":
        """Return itself."""
        return self

    assert_existing_objects_matched = assert_nontrivial_match = expect_partial = assert_consumed
