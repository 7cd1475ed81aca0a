"""What an exported file says of itself, in its metadata: enough to answer by, and where it comes from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from convolens.arguments import one_of
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment.graph.precision import PRECISIONS
from convolens.errors import CheckpointError

FORMAT = 1
KEY = "convolens"  # of the metadata


@dataclass(frozen=True)
class Description:
    """What an exported graph is.

    Attributes:
        name: of the architecture.
        class_names: in the order of the probabilities.
        preprocessing: how photos become the network's input; all of it is in the graph unless `raw`.
        several: whether a photo has any number of labels.
        thresholds: of such, the probability from which on each is said (the network's own, before the temperature).
        temperature: that the probabilities are told at; 1 changes nothing.
        error_rate: of photos of known classes that are called unknown too; None where the graph cannot tell.
        run: the folder that it comes from.
        weights_sha256: of the run's weights.
        begun_with: the learnt weights that the run began with; "" where it began with none.
        licence: of those weights, where it is known.
        precision: of the network's numbers: "float32", "float16" or "int8".
        allowed_loss: points of accuracy that it may lose by it.
        raw: whether it is the bare network: floats in, its own output out.
        made_with: versions of the packages, by name.
    """

    name: str
    class_names: tuple[str, ...]
    preprocessing: Preprocessing
    several: bool
    thresholds: tuple[float, ...] | None
    temperature: float
    error_rate: float | None
    run: str
    weights_sha256: str
    begun_with: str = ""
    licence: str = ""
    precision: str = "float32"
    allowed_loss: float = 0.0
    raw: bool = False
    made_with: Mapping[str, str] = field(default_factory=dict)

    @property
    def tolerance(self) -> float:
        """By how much of a probability the file may be off on another machine."""
        return PRECISIONS[self.precision]

    def as_metadata(self) -> dict[str, str]:
        """Return it as a file's metadata: JSON under `KEY`, and in words what other programs show.

        Example:
            >>> described = Description("a", ("cat", "dog"), Preprocessing((8, 8)), False, None, 1.0, None, "runs/a", "00")
            >>> Description.of(described.as_metadata()) == described, sorted(described.as_metadata())
            (True, ['classes', 'convolens', 'input', 'output'])
        """
        values = {"format": FORMAT, **asdict(self), "preprocessing": self.preprocessing.as_table()}
        return {
            KEY: json.dumps(values),
            "classes": json.dumps(list(self.class_names)),
            "input": "; ".join(self.input_lines()),
            "output": "; ".join(self.output_lines()),
        }

    def input_lines(self) -> list[str]:
        """Return what goes in, in words."""
        rule = [] if self.preprocessing.samples.by_file else self.preprocessing.samples.describe()
        if self.raw:
            shape = "n, {}, {}, {}".format(*self.preprocessing.input_shape)
            return [f"photos: float32 ({shape}), made so:", *self.preprocessing.describe()]
        return ["photos: uint8 (n, rows, columns, RGB) of any size, upright, transparency on white", *rule]

    def output_lines(self) -> list[str]:
        """Return what comes out, in words."""
        names = ", ".join(self.class_names[:5]) + (" ..." if len(self.class_names) > 5 else "")
        if self.raw:
            return [f"the network's own output, of {names}"]
        answer = "which labels the photo has, bool" if self.several else "the number of the class, int64"
        unknown = (
            []
            if self.error_rate is None
            else ["unknown: whether the photo is like none of the classes, bool"]
        )
        return [f"probabilities: float32, of {names}", f"answer: {answer}", *unknown]

    @classmethod
    def of(cls, metadata: Mapping[str, str], where: str = "the file") -> "Description":
        """Return it from a file's metadata.

        Args:
            metadata: of the file.
            where: names the file in errors.

        Raises:
            CheckpointError: a file that was not exported here, or is damaged.
        """
        try:
            values: dict[str, Any] = json.loads(metadata[KEY])
            if values.pop("format") != FORMAT:
                raise ValueError("another format")
            thresholds = values.pop("thresholds")
            one_of(where, "precision", values.get("precision", "float32"), list(PRECISIONS))
            return cls(
                **{
                    **values,
                    "class_names": tuple(str(name) for name in values["class_names"]),
                    "preprocessing": Preprocessing.of(values["preprocessing"]),
                },
                thresholds=None if thresholds is None else tuple(float(value) for value in thresholds),
            )
        except KeyError as error:
            raise CheckpointError(
                f"{where}: says nothing of its classes and preprocessing; it was not made by `convolens export`."
            ) from error
        except (TypeError, ValueError, LookupError) as error:
            raise CheckpointError(
                f"{where}: its description is damaged, or of another version ({error})."
            ) from error
