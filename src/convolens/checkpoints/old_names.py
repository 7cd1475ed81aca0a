"""Names that Keras 1 and 2 took for files of their HDF5 form, whatever their ending."""

from pathlib import PurePath

_ENDINGS = ("", ".ckpt", ".model", ".net", ".tf", ".weights")


def is_old_name(name: str) -> bool:
    """Return whether a file's name is one that Keras 1 and 2 took for HDF5: with no ending of a known form.

    Args:
        name: of the file; fields in braces are filled in later, and stand for numbers.

    Example:
        >>> [is_old_name(name) for name in ("vgg", "vgg.model", "cp-0001.ckpt", "w-{epoch:02d}-{val_loss:.2f}", "w.h6")]
        [True, True, True, True, False]
    """
    ending = PurePath(name).suffix
    return ending in _ENDINGS or ending[1:].isdigit() or ending.endswith("}")
