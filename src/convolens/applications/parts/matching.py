"""First weights into a network, by name: what must fit, what may be left out, and what is said of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

from convolens.applications.parts.architecture import same_name
from convolens.applications.weights.pretrained import Pretrained
from convolens.checkpoints import tensors
from convolens.checkpoints.foreign.torch_import import read_torch
from convolens.errors import CheckpointError, ShapeError
from convolens.layers import SymbolicTensor, UnitNormalization
from convolens.models import Model
from convolens.models.files.weight_files import copy_tensors, mismatch
from convolens.models.graph.network import Network

AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")  # torchvision's names of classifiers on the way
COUNTERS = "num_batches_tracked"  # of torch's batch normalisation; nothing is computed from them


def load_pretrained(
    model: Model,
    pretrained: Pretrained,
    renamed: Callable[[str], str] = same_name,
    include_top: bool = True,
    fresh_head: bool = False,
) -> list[str]:
    """Copy first weights into a model, and return lines that say which of its weights stay fresh.

    A last layer for another number of classes stays fresh, and so do auxiliary classifiers that do not fit; everything else
    must, or nothing is changed.

    Args:
        model: built.
        pretrained: what `find_weights` returned.
        renamed: from a name in the file to the name here, for names that the network does not have.
        include_top: False leaves the file's classifier out.
        fresh_head: leave the last layer as it is, whatever the file calls its own.

    Raises:
        CheckpointError: damaged, or of another architecture; the message counts and names what differs.
        ShapeError: learnt from another number of channels, or from images of another size.
    """
    path = pretrained.path
    if path is None:
        return []
    if path.suffix.lower() not in (".pth", ".safetensors"):
        model.load_weights(path)  # Keras' forms, layer by layer
        return []
    found = read_torch(path) if path.suffix.lower() == ".pth" else tensors.read(path)
    expected = {name: t for name, t in model.module.state_dict().items() if not name.endswith(COUNTERS)}
    given = {
        name if name in expected else renamed(name): tensor
        for name, tensor in found.items()
        if not name.endswith(COUNTERS)
    }
    heads = tuple(f"{name}." for name in classifiers(model.module))
    groups = {name.split(".")[0] for name in expected}
    extra = sorted(
        name
        for name in given.keys() - expected.keys()
        if not name.startswith(AUXILIARY)
        and ((include_top and not fresh_head) or name.split(".")[0] in groups)
    )
    left = heads if fresh_head else ()
    missing = sorted(
        name for name in expected.keys() - given.keys() if not name.startswith((*AUXILIARY, *left))
    )
    other = [name for name in expected if name in given and given[name].shape != expected[name].shape]
    fresh = {
        name
        for name in other
        if name.startswith(AUXILIARY)
        or (name.startswith(heads) and given[name].shape[1:] == expected[name].shape[1:])
    }
    if pretrained.unit_features and not has_unit_features(model):
        fresh |= {name for name in expected if name.startswith(heads)}
    if fresh_head:
        fresh |= {name for name in expected if name.startswith(heads)}
    wrong = [name for name in other if name not in fresh]
    if missing or extra or wrong:
        if not missing and not extra:
            _check_images(pretrained, wrong, given, expected)
        told = [f"{n} {tuple(given[n].shape)} instead of {tuple(expected[n].shape)}" for n in wrong]
        raise CheckpointError(f"{path}: {mismatch(missing, extra, told)} The network is {model.name}.")
    wanted = {name: expected[name] for name in expected if name in given and name not in fresh}
    copy_tensors(path, given, wanted)
    told = [] if fresh_head else _left_fresh(given, expected, fresh, heads)
    return [f"{pretrained.title}: {line}" for line in told]


def has_unit_features(model: Model) -> bool:
    """Return whether a network brings its features to length 1 before its last layer, as that of a first answer does."""
    return any(isinstance(layer, UnitNormalization) for layer in getattr(model, "layers", ()))


def _left_fresh(
    given: Mapping[str, torch.Tensor],
    expected: Mapping[str, torch.Tensor],
    fresh: set[str],
    heads: tuple[str, ...],
) -> list[str]:
    """Return lines about what no weights were copied into."""
    lines = []
    last = sorted(name for name in fresh if not name.startswith(AUXILIARY))
    if last and given[last[0]].shape == expected[last[0]].shape:
        lines.append(
            f"its last layer reads features of length 1, which are none here: {last[0].rpartition('.')[0]} begins fresh"
        )
    elif last:
        lines.append(
            f"of {len(given[last[0]])} classes, here are {len(expected[last[0]])}: the last layer "
            f"({last[0].rpartition('.')[0]}) begins fresh"
        )
    aside = {name for name in expected if name not in given}  # only auxiliary classifiers may be missing
    aside |= {name for name in fresh if name.startswith(AUXILIARY) and not name.startswith(heads)}
    if aside:
        places = sorted({name.rpartition(".")[0] for name in aside})
        lines.append(f"has nothing that fits {', '.join(places)}: these auxiliary layers begin fresh")
    return lines


def _check_images(
    pretrained: Pretrained,
    wrong: list[str],
    given: Mapping[str, torch.Tensor],
    expected: Mapping[str, torch.Tensor],
) -> None:
    """Say so where weights differ only because the images do."""
    first = next((name for name, tensor in expected.items() if tensor.ndim == 4), None)
    if first is not None and wrong == [first]:
        theirs, mine = given[first].shape, expected[first].shape
        if len(theirs) == 4 and theirs[1] != mine[1] and (theirs[0], *theirs[2:]) == (mine[0], *mine[2:]):
            raise ShapeError(
                f"{pretrained.path}: the weights were learnt from images of {theirs[1]} channels ({first} is "
                f"{tuple(theirs)}), the network takes {mine[1]}; give it images of {theirs[1]}, or begin without weights."
            )
    if all(given[name].ndim == 2 == expected[name].ndim for name in wrong):
        name = wrong[0]
        size = (
            f"{pretrained.size} x {pretrained.size} pixels" if pretrained.size else "the size of their images"
        )
        raise ShapeError(
            f"{pretrained.path}: the weights were learnt at another size of images: the dense layer "
            f"{name.rpartition('.')[0]} took {given[name].shape[1]:,} values and gets {expected[name].shape[1]:,} here; take "
            f"{size}, or include_top=False."
        )


def classifiers(module: Any) -> Iterator[str]:
    """Yield the places of the last layers with weights of a network, at the end and of auxiliary classifiers."""
    last: list[Any] = []
    if isinstance(module, Network):
        for tensor in (*module.outputs, *(tensor for tensor, _ in module.auxiliary)):
            last.append(_last_with_weights(tensor))
    else:
        last += [layer for layer in getattr(module, "layers", []) if list(layer.parameters())][-1:]
    for name, child in module.named_modules():
        if any(child is (getattr(layer, "classifier", None) or layer) for layer in last):
            yield name


def _last_with_weights(tensor: SymbolicTensor) -> Any:
    node = tensor.node
    while node is not None and node.inputs and not list(node.layer.parameters()):
        node = node.inputs[0].node
    return None if node is None else node.layer
