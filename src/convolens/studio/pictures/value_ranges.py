"""Value ranges: the rule by which photos of more than 8 bits a sample are shown: that of the open folder, as a training measures it."""

from dataclasses import dataclass, field
from os import PathLike
from typing import BinaryIO

from convolens.data.decoding.formats import open_picture
from convolens.data.decoding.sample_range import UNREADABLE, is_deep_grey, measure_samples
from convolens.data.decoding.samples import STANDARD, Samples
from convolens.studio.shared import Studio
from convolens.studio.workspace.kept import Kept


@dataclass
class ValueRanges:
    """The rule of the folder that is open, measured when a photo first needs it, and where photos come or go.

    Args:
        studio: whose photos they are.
    """

    studio: Studio
    _kept: Kept = field(default_factory=lambda: Kept(1), repr=False)

    def of(self, photo: str | PathLike[str] | BinaryIO) -> Samples:
        """Return what the values of a photo mean; where no photo of the folder says so, what its own say.

        Args:
            photo: a file, which may lie elsewhere, or an open one.

        Raises:
            ConvolensError: the open folder cannot be listed.
        """
        if not is_deep_grey(photo):
            return STANDARD
        if self.studio.workspace.photos is None:
            return measure_samples([photo])
        photos = self.studio.listing.photos()
        every = [photos.root / name for folder in photos.folders for name in folder.photos]
        shared = self._kept.get(len(every), lambda: measure_samples(every))
        try:
            with open_picture(photo) as image:
                known = shared.floats if image.mode == "F" else shared.integers
        except UNREADABLE:
            return shared  # what is wrong with it is said where it is read
        return shared if known is not None else measure_samples([photo])
