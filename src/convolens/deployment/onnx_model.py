"""OnnxModel: an exported file that answers by itself, from its own description; neither torch nor the run is needed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from convolens.data.decoding.decode import read_unresized
from convolens.deployment.description import Description
from convolens.deployment.packages import ANSWERING, check_packages
from convolens.errors import ArgumentError, CheckpointError, MissingFileError, ShapeError, TooLargeError

_NO_MEMORY = ("Failed to allocate memory", "bad_alloc")  # onnxruntime's words


@dataclass(frozen=True)
class Answers:
    """What a file says of photos.

    Attributes:
        probabilities: float32 (n, classes).
        answer: the number of each photo's class, int64 (n,), or which labels it has, bool (n, classes).
        unknown: which are like none of the classes, bool (n,); None where the file cannot tell.
    """

    probabilities: np.ndarray
    answer: np.ndarray
    unknown: np.ndarray | None

    @classmethod
    def joined(cls, parts: Sequence["Answers"]) -> "Answers":
        """Return the answers of several batches as those of one."""
        unknown = [part.unknown for part in parts if part.unknown is not None]
        return cls(
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.answer for part in parts]),
            np.concatenate(unknown) if unknown else None,
        )


class OnnxModel:
    """An exported file, open in onnxruntime.

    Args:
        path: of the file.
        threads: that compute; None lets onnxruntime choose.

    Attributes:
        description: what the file says of itself.

    Raises:
        MissingFileError: there is none. CheckpointError: damaged, or not made by `convolens export`.
        ExtraMissingError: onnxruntime is not installed.
    """

    def __init__(self, path: str | PathLike[str], threads: int | None = None) -> None:
        check_packages("export", ANSWERING)
        import onnxruntime

        self.path = Path(path)
        if not self.path.is_file():
            raise MissingFileError(f"{path}: no such file.")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3  # errors alone
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(
                str(self.path), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # onnxruntime raises kinds of its own
            reason = str(error).strip().splitlines()[0][:200]
            raise CheckpointError(f"{path}: damaged, or no ONNX file ({reason}).") from error
        metadata = self._session.get_modelmeta().custom_metadata_map
        self.description = Description.of(metadata, str(path))
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, photos: np.ndarray) -> Answers:
        """Return what the file says of photos of one size.

        Args:
            photos: uint8 (n, rows, columns, 3), upright.

        Raises:
            ShapeError: others. ArgumentError: a file that was exported raw.
        """
        if photos.dtype != np.uint8 or photos.ndim != 4 or photos.shape[3] != 3 or 0 in photos.shape[1:]:
            raise ShapeError(
                f"{self.path}: takes photos as uint8 (n, rows, columns, 3); received {photos.dtype} of shape {photos.shape}."
            )
        if self.description.raw:
            raise ArgumentError(
                f"{self.path}: a bare network (--raw), which takes floats and tells no classes; use `outputs`."
            )
        said = self.outputs(photos)
        return Answers(said["probabilities"], said["answer"], said.get("unknown"))

    def outputs(self, given: np.ndarray) -> dict[str, np.ndarray]:
        """Return what comes out of the graph, by name, for what goes in.

        Raises:
            ShapeError: onnxruntime cannot compute that of it. TooLargeError: not in the memory that there is.
        """
        (taken,) = self._session.get_inputs()
        try:
            found = self._session.run(None, {taken.name: given})
        except Exception as error:  # onnxruntime raises kinds of its own
            if any(words in str(error) for words in _NO_MEMORY):
                raise TooLargeError(
                    f"{self.path}: there is not enough memory for {given.dtype} of shape {given.shape}; give smaller photos, or fewer at once."
                ) from error
            reason = str(error).strip().splitlines()[0][:200]
            raise ShapeError(
                f"{self.path}: onnxruntime cannot answer {given.dtype} of shape {given.shape}: {reason}"
            ) from error
        return dict(zip(self._outputs, found, strict=True))

    def pixels_of(self, path: Path) -> np.ndarray:
        """Return a photo's file as the run that was exported decodes it: uint8 (rows, columns, 3), of its own size or near it.

        Raises:
            MissingFileError, ImageError: it is not there, or cannot be read.
        """
        preprocessing = self.description.preprocessing
        return as_rgb(
            read_unresized(path, preprocessing.color_mode, preprocessing.size, preprocessing.samples)
        )

    def answers_of(self, photos: Iterable[np.ndarray]) -> Answers:
        """Return what the file says of photos, each of a size of its own: uint8 (rows, columns, 3)."""
        return Answers.joined([self(photo[np.newaxis]) for photo in photos])


def as_rgb(pixels: np.ndarray) -> np.ndarray:
    """Return grey pixels (..., 1) as red, green and blue; others as they are.

    Example:
        >>> as_rgb(np.zeros((2, 2, 1), np.uint8)).shape
        (2, 2, 3)
    """
    return np.repeat(pixels, 3, axis=-1) if pixels.shape[-1] == 1 else pixels
