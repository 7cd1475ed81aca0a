"""Ensemble: several trained networks side by side in one, which gives the mean of their probabilities."""

from collections.abc import Mapping

from convolens.data.folders.names import composed
from convolens.errors import ArgumentError
from convolens.layers import Average, Input
from convolens.models import Model
from convolens.models.graph.sequential_network import as_layer
from convolens.runs.folder.model_file import TrainedModel


def ensemble_of(members: Mapping[str, TrainedModel], name: str) -> TrainedModel:
    """Return one network that shows its input to all members and gives the mean of what they answer.

    Args:
        members: at least two of the same classes and preprocessing; their names become those of the layers, and the
            beginnings of the names of their weights. The networks are taken, not copied.
        name: of the new network.

    Raises:
        ArgumentError: fewer than two, or members that differ in classes, input or output.

    Example:
        >>> from convolens.applications import build
        >>> from convolens.data.decoding.preprocessing import Preprocessing
        >>> parts = {n: TrainedModel(build("shallow-vgg", (8, 8, 3), 2), n, ("cat", "dog"), Preprocessing((8, 8))) for n in "ab"}
        >>> [layer.name for layer in ensemble_of(parts, "both").model.layers]
        ['image', 'a', 'b', 'mean']
    """
    if len(members) < 2:
        raise ArgumentError(f"ensemble_of: needs at least two networks; received {len(members)}.")
    first = next(iter(members.values()))

    def seen(member: TrainedModel) -> tuple[object, ...]:
        shapes = member.model.input_shape, member.model.output_shape
        return tuple(map(composed, member.class_names)), member.preprocessing, *shapes

    for title, member in members.items():
        if seen(member) != seen(first):
            raise ArgumentError(
                f"ensemble_of: {title} has other classes, input or output than {next(iter(members))}: {seen(member)} and {seen(first)}."
            )
    image = Input(shape=first.model.input_shape[1:], name="image")
    answers = []
    for title, member in members.items():
        network = as_layer(member.model, "ensemble_of")
        network.name = title
        answers.append(network(image))
    model = Model(image, Average(name="mean")(answers), name=name)
    return TrainedModel(model, name, first.class_names, first.preprocessing, first.multi_label)
