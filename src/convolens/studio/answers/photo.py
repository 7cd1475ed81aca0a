"""Photo: one that is asked about, from memory or from the open folder."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from convolens.data.decoding.decode import image_size
from convolens.data.decoding.formats import kind_of
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError, ImageError

LIMIT = 64 * 2**20  # bytes
_ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "WebP": ".webp"}


@dataclass(frozen=True)
class Photo:
    """A photo.

    Attributes:
        path: of its file; of one that was sent only its name.
        data: its bytes where it was sent, and lies nowhere; None where it is a file.
    """

    path: Path
    data: bytes | None = field(default=None, repr=False)

    @classmethod
    def sent(cls, name: str, data: bytes) -> "Photo":
        """Return a photo that was sent; one without a name is called after what it holds.

        Raises:
            ArgumentError: nothing was sent.

        Example:
            >>> Photo.sent("", bytes.fromhex("ffd8ffe0")).path.name
            'photo.jpg'
        """
        if not data:
            raise ArgumentError("no photo was sent; send the bytes of one as the body.")
        name = Path(name.replace("\0", "").replace("\\", "/")).name
        return cls(Path(name or f"photo{_ENDINGS.get(kind_of(data[:32]) or '', '')}"), data)

    def read(self, preprocessing: Preprocessing) -> np.ndarray:
        """Return it as a network sees it, uint8 (rows, columns, channels): just as from a file of this name.

        Raises:
            MissingFileError, ImageError: it is not there, or cannot be read.
        """
        return preprocessing.read(self.path, self.data)

    def size(self) -> tuple[int, int]:
        """Return its width and height in pixels, upright.

        Raises:
            ImageError: they cannot be read.
        """
        found = image_size(self.path if self.data is None else io.BytesIO(self.data))
        if found is None:
            raise ImageError(f"{self.path}: its size cannot be read.")
        return found
