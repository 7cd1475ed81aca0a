"""Text: a string where TensorFlow has a tensor of one: the path of a file, say."""

from typing import Any


class Text(str):
    """A string with a tensor's words; functions that read files take it as it is.

    Example:
        >>> path = Text.of(b"cats/1.jpg")
        >>> path.numpy(), path.shape, path.split("/")[0]
        (b'cats/1.jpg', (), 'cats')
    """

    __slots__ = ()
    shape = ()
    dtype = "string"

    @classmethod
    def of(cls, text: Any) -> "Text":
        """Return a string, or the bytes of one in UTF-8, as a `Text`."""
        return cls(text.decode("utf-8", "surrogateescape") if isinstance(text, bytes) else text)

    def numpy(self) -> bytes:
        """Return the bytes of the string in UTF-8, as TensorFlow does."""
        return self.encode("utf-8", "surrogateescape")
