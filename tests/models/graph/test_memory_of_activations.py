"""A network lets go of each activation behind the last layer that takes it."""

import copy
import weakref
from typing import Any

import numpy as np
import torch

from convolens import layers
from convolens.models import Model


def network(auxiliary: bool) -> Model:
    """Return a chain of layers with a long way past three of them and, where asked, a second classifier."""
    x = inputs = layers.Input((4,))
    tensors = []
    for name in ("a", "b", "c"):
        x = layers.Dense(4, name=name)(x)
        tensors.append(x)
    x = layers.Add(name="sum")([tensors[0], x])
    further = [(layers.Dense(2, name="aux")(tensors[1]), 0.3)] if auxiliary else []
    return Model(inputs, layers.Dense(2, name="end")(x), auxiliary=further)


def alive_at_each_call(module: Any, call: Any) -> dict[str, set[str]]:
    """Return which layers' outputs were still held when each layer began."""
    made: dict[str, Any] = {}
    held: dict[str, set[str]] = {}
    handles = []
    for layer in module.layers[1:]:
        handles.append(
            layer.register_forward_pre_hook(
                lambda layer, _: held.__setitem__(
                    layer.name, {name for name, ref in made.items() if ref() is not None}
                )
            )
        )
        handles.append(
            layer.register_forward_hook(
                lambda layer, _, output: made.__setitem__(layer.name, weakref.ref(output))
            )
        )
    with torch.no_grad():
        call(torch.ones(3, 4))
    for handle in handles:
        handle.remove()
    return held


def test_only_what_is_still_needed_is_held() -> None:
    module = network(auxiliary=False).module
    held = alive_at_each_call(module, module)
    assert held == {"a": set(), "b": {"a"}, "c": {"a", "b"}, "sum": {"a", "c"}, "end": {"sum"}}


def test_an_auxiliary_classifier_holds_what_it_takes() -> None:
    module = network(auxiliary=True).module
    held = alive_at_each_call(module, module.forward_with_auxiliary)
    assert "b" in held["aux"]
    assert held["end"] >= {"sum"}
    assert alive_at_each_call(module, module)["sum"] == {"a", "c"}  # which prediction does without


def test_a_copy_lets_go_too_and_gives_the_same() -> None:
    module = network(auxiliary=True).module
    twin = copy.deepcopy(module)
    x = torch.from_numpy(np.random.default_rng(0).normal(size=(3, 4)).astype("float32"))
    torch.testing.assert_close(twin(x), module(x))
    one, two = twin.forward_with_auxiliary(x), module.forward_with_auxiliary(x)
    torch.testing.assert_close(one[0], two[0])
    torch.testing.assert_close(one[1][0], two[1][0])
    assert alive_at_each_call(twin, twin)["end"] == {"sum"}


def test_inputs_in_the_middle_and_outputs_on_the_way() -> None:
    whole = network(auxiliary=False)
    middle = Model(whole.get_layer("a").output, [whole.get_layer("b").output, whole.output]).module
    x = torch.ones(2, 4)
    by_hand = {layer.name: layer for layer in whole.layers}
    b = by_hand["b"](x)
    first, last = middle(x)
    torch.testing.assert_close(first, b)
    torch.testing.assert_close(last, by_hand["end"](by_hand["c"](b) + x))
