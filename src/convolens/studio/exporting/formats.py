"""The formats of an export, with a line each on what they are for."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Format:
    """A format as it is offered.

    Attributes:
        name: what `convolens export --format` takes.
        title: for people.
        purpose: what it is for, in a line.
        whole: whether photos of any size go in and checked answers come out; else it holds the bare network.
    """

    name: str
    title: str
    purpose: str
    whole: bool = False


OFFERED = (
    Format("onnx", "ONNX", "For programs in Python, JavaScript, C++ and C#: photos of any size in, answers out; with sample callers.", True),
    Format("web", "Web page", "A folder for any web server: visitors drop a photo and get the answer in their browser; nothing is sent.", True),
    Format("pt2", "PyTorch", "For torch.export.load, without Convolens: the bare network."),
    Format("keras", "Keras", "For Keras 3 and TensorFlow: the bare network, to train on with."),
    Format("hdf5", "HDF5", "For older Keras and programs that read .h5: the bare network."),
    Format("safetensors", "safetensors", "The weights alone, safe to open anywhere: for a network of your own program."),
)  # fmt: skip
PRECISION_TEXTS = {
    "float32": "exact",
    "float16": "half the size, hardly another answer",
    "int8": "a quarter of the size, faster on processors, and a little less exact: refused where more than half a point of accuracy is lost",
}


def offered() -> dict[str, Any]:
    """Return formats and precisions for the page.

    Example:
        >>> from convolens.deployment import FORMATS
        >>> from convolens.deployment.graph.precision import PRECISIONS
        >>> [one["name"] for one in offered()["formats"]] == list(FORMATS)
        True
        >>> set(offered()["precisions"]) == set(PRECISIONS)
        True
    """
    return {"formats": [asdict(one) for one in OFFERED], "precisions": PRECISION_TEXTS}
