"""Checks of `tf.debugging` that are names of `tf` itself too."""

from convolens.tensorflow.debugging import Assert, assert_equal, assert_greater, assert_less, assert_rank

__all__ = ["Assert", "assert_equal", "assert_greater", "assert_less", "assert_rank"]
