"""Blocks: the layers of a network in groups by depth, for learning rates and for what is unfrozen together."""

from collections.abc import Sequence
from dataclasses import dataclass

from convolens.layers import Layer
from convolens.models.parts.freezing import Unit

_LISTS = ("blocks", "stages", "layers", "features")  # names of rows of blocks in networks of torch


@dataclass(frozen=True)
class Block:
    """Layers that work at one resolution (of a torch module: those of one child).

    Attributes:
        units: with weights, in order.
    """

    units: tuple[Unit, ...]

    @property
    def name(self) -> str:
        """The name of its first layer."""
        return self.units[0].name


def blocks_of(units: Sequence[Unit]) -> list[Block]:
    """Return units in blocks, from the input on.

    A block ends where what comes behind has fewer rows; dense layers are one of their own. A side way that pools everything and
    comes back (squeeze and excitation) belongs to the block around it. Modules of torch, whose shapes are not known, go by
    the child of the network that they are in.

    Args:
        units: in order (`freezing.units_of`); those without weights are left out.

    Example:
        >>> from convolens.applications import VGG11
        >>> from convolens.models.parts.freezing import units_of
        >>> [block.name for block in blocks_of(units_of(VGG11(input_shape=(32, 32, 3), classes=2).module))]
        ['features.0', 'features.3', 'features.6', 'features.11', 'features.16', 'classifier.0']
    """
    kept = [unit for unit in units if unit.has_weights]
    keys: list[int | str] = []
    largest = 0
    for unit in reversed(kept):
        if not isinstance(unit.module, Layer):
            keys.append(_child(unit.name))
            continue
        shape = unit.module.output_shape
        largest = max(largest, int(shape[1] or 0) if len(shape) == 4 else 0)
        keys.append(largest)
    keys.reverse()
    found: list[list[Unit]] = []
    for i, unit in enumerate(kept):
        if i == 0 or keys[i] != keys[i - 1]:
            found.append([])
        found[-1].append(unit)
    for i in range(len(found) - 1, 0, -1):  # a normalisation of its own belongs to what it normalises
        if all(parameter.ndim < 2 for unit in found[i] for parameter in unit.own_parameters):
            found[i - 1] += found.pop(i)
    return [Block(tuple(group)) for group in found]


def factors_by_depth(blocks: Sequence[Block], decay: float) -> list[tuple[Block, float]]:
    """Return blocks from the end on, each with what its learning rate is multiplied by: decay, its square, and so on."""
    return [(block, decay ** (i + 1)) for i, block in enumerate(reversed(blocks))]


def _child(name: str) -> str:
    """Return which child of its network a module of torch is in.

    Example:
        >>> _child("timm/layer4.0.conv1"), _child("timm/blocks.3.1.conv_pw")
        ('layer4', 'blocks.3')
    """
    parts = name.rpartition("/")[2].split(".")
    return ".".join(parts[: 2 if parts[0] in _LISTS else 1])
