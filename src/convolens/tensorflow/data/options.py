"""Options: words about speed, which change no element."""

from typing import Any

AUTOTUNE = -1


class Options:
    """Settings of TensorFlow's reading; any is kept, and none is needed here.

    Example:
        >>> options = Options()
        >>> options.threading.private_threadpool_size = 4
        >>> options.threading.private_threadpool_size
        4
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        group = Options()
        setattr(self, name, group)
        return group
