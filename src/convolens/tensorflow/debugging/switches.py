"""Switches of `tf.debugging` that are accepted, and change nothing."""


def enable_check_numerics(stack_height_limit: int = 30, path_length_limit: int = 50) -> None:
    """Do nothing: `check_numerics` checks a tensor, and TerminateOnNaN the loss of a training.

    Args:
        stack_height_limit, path_length_limit: accepted.
    """


def disable_check_numerics() -> None:
    """Do nothing: see `enable_check_numerics`."""


def set_log_device_placement(enabled: bool) -> None:
    """Do nothing: a network is on one device as a whole; `model.device` says which.

    Args:
        enabled: accepted.
    """


def get_log_device_placement() -> bool:
    """Return False: see `set_log_device_placement`."""
    return False
