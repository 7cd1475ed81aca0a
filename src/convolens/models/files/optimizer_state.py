"""An optimizer's state in Keras' order, both ways: what a training needs to go on.

Keras 3 keeps: the number of steps, the learning rate (unless a schedule gives it), then of each weight what the
optimizer remembers of it. RMSprop: all averages of squares, all momenta, all averages. The others: all of the first weight (momentum and
velocity, say), of the second ..., then the largest velocities of Adam.
"""

from typing import Any

import numpy as np
import torch

from convolens.errors import CheckpointError
from convolens.layers import Layer, WeightEntry
from convolens.optimizers import Optimizer, RMSprop

_LAST = "velocity_hat"  # is not beside the others of its weight
_LAST_STEP = 2**53  # that a number in a file says exactly


def trained_entries(network: Layer) -> list[WeightEntry]:
    """Return the weights that training changes, each once, in Keras' order."""
    found: dict[int, WeightEntry] = {}
    for entry in network.weight_entries():
        if entry.tensor.requires_grad:
            found.setdefault(id(entry.tensor), entry)
    return list(found.values())


def _slots(optimizer: Optimizer, entries: list[WeightEntry]) -> list[tuple[str, WeightEntry]]:
    """Return (what is remembered, of which weight) in Keras' order."""
    names = optimizer.slots
    if isinstance(optimizer, RMSprop):
        return [(name, entry) for name in names for entry in entries]
    together, last = [name for name in names if name != _LAST], [name for name in names if name == _LAST]
    return [(name, entry) for entry in entries for name in together] + [
        (name, entry) for name in last for entry in entries
    ]


def variables(model: Any) -> list[np.ndarray]:
    """Return an optimizer's variables as Keras writes them; none where it has not trained this model's weights."""
    optimizer = model.optimizer
    if optimizer is None or not optimizer.built:
        return []
    entries = trained_entries(model.module)
    place = {id(parameter): i for i, parameter in enumerate(optimizer.parameters)}
    if {id(entry.tensor) for entry in entries} != place.keys():
        return []
    state = optimizer.live_state()
    found = [np.asarray(state["iterations"], np.int64)]
    if "learning_rate" in state:
        found.append(np.asarray(state["learning_rate"], np.float32))
    for name, entry in _slots(optimizer, entries):
        held = state[f"{name}.{place[id(entry.tensor)]}"]
        found.append(np.ascontiguousarray(entry.to_keras(held.cpu().numpy())))
    return found + [np.asarray(number, np.float32) for number in optimizer.further_numbers()]


def restore(model: Any, given: list[np.ndarray], path: str) -> bool:
    """Go on from an optimizer's variables as Keras wrote them; return False where they are not of this optimizer.

    Args:
        model: compiled, its weights in place.
        given: the variables in order.
        path: names the file in errors.

    Raises:
        CheckpointError: the number of steps or the learning rate is none.
    """
    optimizer: Optimizer = model.optimizer
    entries = trained_entries(model.module)
    slots = _slots(optimizer, entries)
    scheduled = "learning_rate" not in optimizer.live_state()
    shapes = [(), *([] if scheduled else [()]), *(entry.shape for _, entry in slots)]
    shapes += [() for _ in optimizer.further_numbers()]
    found = [tuple(array.shape) for array in given]
    if found != shapes and not (found in ([()], [(), ()]) and given[0] == 0):  # compiled, and never trained
        return False
    steps = float(given[0])
    if not 0 <= steps < _LAST_STEP or steps % 1:
        raise CheckpointError(
            f"{path}: the optimizer's step is {steps}; expected a whole number of at least 0."
        )
    if found != shapes or not entries:
        return True
    optimizer.build([p for p in model.module.parameters() if p.requires_grad])
    place = {id(parameter): i for i, parameter in enumerate(optimizer.parameters)}
    state: dict[str, Any] = {"iterations": int(steps)}
    if not scheduled:
        rate = float(given[1])
        if not 0 <= rate < float("inf"):
            raise CheckpointError(f"{path}: the optimizer's learning rate is {rate}; expected a number >= 0.")
        known = float(optimizer.learning_rate)  # the same number, not rounded to float32
        state["learning_rate"] = known if np.float32(known) == np.float32(rate) else rate
    for (name, entry), array in zip(slots, given[1 if scheduled else 2 :], strict=False):
        tensor = torch.from_numpy(np.ascontiguousarray(entry.from_keras(array)))
        state[f"{name}.{place[id(entry.tensor)]}"] = tensor
    optimizer.load_state_dict(state)
    return True
