"""What all optimizers share: names, bad arguments, state, description; by enumeration."""

import json
import re
from typing import Any

import keras
import numpy as np
import pytest
import torch

from convolens import optimizers
from convolens.errors import (
    ArgumentError,
    ArgumentTypeError,
    CheckpointError,
    ConvolensError,
    NotBuiltError,
    UnknownNameError,
)
from convolens.optimizers import OPTIMIZERS, schedules


def _without_address(value: object) -> str:
    """Name a test case the same in every process, also where its arguments hold an object."""
    return re.sub(r" object at 0x[0-9a-f]+", "", str(value))


ALL = sorted(OPTIMIZERS)
VARIANTS: list[tuple[str, dict[str, Any]]] = [
    *((name, {}) for name in ALL),
    ("sgd", {"momentum": 0.9, "nesterov": True}),
    ("rmsprop", {"momentum": 0.9, "centered": True}),
    ("adam", {"amsgrad": True}),
    ("adamw", {"learning_rate": schedules.CosineDecay(0.1, 8)}),
]


def network() -> torch.nn.Module:
    torch.manual_seed(7)
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(64, 2)
    ).to(memory_format=torch.channels_last)


def train(module: torch.nn.Module, optimizer: optimizers.Optimizer, steps: range) -> None:
    for step in steps:
        generator = torch.Generator().manual_seed(step)
        x = torch.randn(5, 3, 6, 6, generator=generator).to(memory_format=torch.channels_last)
        optimizer.zero_grad()
        module(x).square().mean().backward()
        optimizer.apply()


def as_bytes(module: torch.nn.Module) -> bytes:
    return b"".join(p.detach().contiguous().numpy().tobytes() for p in module.parameters())


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=_without_address)
def test_going_on_from_a_saved_state_is_bit_identical(name: str, options: dict[str, Any]) -> None:
    whole = network()
    optimizer = OPTIMIZERS[name](**options)
    optimizer.build(whole.parameters())
    train(whole, optimizer, range(5))
    if not options:
        optimizer.learning_rate = 0.02
    saved_weights = {key: value.clone() for key, value in whole.state_dict().items()}
    saved = optimizer.state_dict()
    assert all(isinstance(value, (torch.Tensor, int, float)) for value in saved.values())
    train(whole, optimizer, range(5, 10))

    resumed = network()
    resumed.load_state_dict(saved_weights)
    fresh = OPTIMIZERS[name](**options)
    fresh.build(resumed.parameters())
    fresh.load_state_dict(saved)
    assert fresh.iterations == 5
    train(resumed, fresh, range(5, 10))
    assert as_bytes(resumed) == as_bytes(whole)
    assert fresh.state_dict().keys() == optimizer.state_dict().keys()


@pytest.mark.parametrize("name", ALL)
def test_training_lowers_the_loss_and_is_deterministic(name: str) -> None:
    runs = []
    for _ in range(2):
        module = network()
        optimizer = optimizers.get(name)
        optimizer.learning_rate = 0.01
        optimizer.build(module.parameters())
        x = torch.randn(50, 3, 6, 6, generator=torch.Generator().manual_seed(99))
        before = module(x).square().mean().item()
        train(module, optimizer, range(20))
        assert module(x).square().mean().item() < before
        runs.append(as_bytes(module))
    assert runs[0] == runs[1]


@pytest.mark.parametrize(("name", "options"), VARIANTS, ids=_without_address)
def test_config_travels_to_keras_and_back(name: str, options: dict[str, Any]) -> None:
    ours = OPTIMIZERS[name](clipnorm=0.5, **options)
    config = ours.get_config()
    keras_class = getattr(keras.optimizers, OPTIMIZERS[name].__name__)
    theirs = keras_class.from_config(json.loads(json.dumps(config)))
    again = OPTIMIZERS[name].from_config(theirs.get_config())
    back = again.get_config()
    ours_rate, their_rate = config.pop("learning_rate"), back.pop("learning_rate")
    is_number = isinstance(ours_rate, float)
    assert their_rate == (pytest.approx(ours_rate, rel=1e-6) if is_number else ours_rate)
    assert {k: v for k, v in back.items() if k != "name"} == {k: v for k, v in config.items() if k != "name"}


@pytest.mark.parametrize("name", ALL)
def test_defaults_are_those_of_keras(name: str) -> None:
    theirs = getattr(keras.optimizers, OPTIMIZERS[name].__name__)().get_config()
    ours = OPTIMIZERS[name]().get_config()
    assert ours.keys() == theirs.keys()
    for key in ours.keys() - {"name"}:
        is_number = isinstance(theirs[key], float)
        expected = pytest.approx(theirs[key], rel=1e-6) if is_number else theirs[key]
        assert ours[key] == expected, key


@pytest.mark.parametrize("name", ALL)
def test_bad_arguments_are_refused_with_the_next_step(name: str) -> None:
    made = OPTIMIZERS[name]
    where = made.__name__
    with pytest.raises(ArgumentTypeError, match=rf"^{where}: unknown argument 'learning_rat'.*"):
        made(learning_rat=0.1)
    with pytest.raises(ArgumentTypeError, match=r"Did you mean 'learning_rate'\?"):
        made(learning_rte=0.1)
    for rate in (-0.1, float("nan"), float("inf"), "0.1", None, True):
        with pytest.raises(ArgumentError, match=f"{where}: learning_rate must be a number in"):
            made(learning_rate=rate)
    with pytest.raises(ArgumentError, match=r"only one of clipnorm.*clipnorm=1.*clipvalue=2"):
        made(clipnorm=1, clipvalue=2)
    with pytest.raises(ArgumentError, match=r"clipvalue must be .* received -1"):
        made(clipvalue=-1)
    with pytest.raises(ArgumentError, match=rf"{where}: decay must be .* received -1"):
        made(decay=-1)
    with pytest.raises(ArgumentError, match=rf"{where}: ema_momentum must be .* received 1.5"):
        made(use_ema=True, ema_momentum=1.5)
    with pytest.raises(ArgumentError, match=rf"{where}: ema_overwrite_frequency must be .* received 0"):
        made(use_ema=True, ema_overwrite_frequency=0)
    with pytest.raises(ArgumentError, match=rf"{where}: gradient_accumulation_steps must be .* received 1"):
        made(gradient_accumulation_steps=1)
    with pytest.raises(ArgumentError, match=rf"{where}: loss_scale_factor must be .* received 0"):
        made(loss_scale_factor=0)
    assert made(decay=0.0, use_ema=False, ema_momentum=0.99).learning_rate > 0


@pytest.mark.parametrize("name", ALL)
def test_the_old_lr_works_with_a_warning(name: str) -> None:
    with pytest.warns(UserWarning, match=r"`lr` is deprecated; write `learning_rate=0.25`") as seen:
        assert OPTIMIZERS[name](lr=0.25).learning_rate == 0.25
    assert seen[0].filename == __file__


@pytest.mark.parametrize("name", ALL)
def test_the_old_decay_is_that_of_keras_2(name: str) -> None:
    """The rate of a batch is lr / (1 + decay * batches): the schedule that Keras' documents name for it gives the same."""
    weights = []
    for options in (
        {"learning_rate": 0.1, "decay": 0.5},
        {"learning_rate": schedules.InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.5)},
    ):
        optimizer, weight = OPTIMIZERS[name](**options), torch.nn.Parameter(torch.ones(3))
        optimizer.build([weight])
        for _ in range(4):
            weight.grad = torch.tensor([1.0, -2.0, 0.5])
            optimizer.apply()
        weights.append(weight.detach())
    torch.testing.assert_close(weights[0], weights[1], rtol=0, atol=1e-6)
    optimizer = OPTIMIZERS[name](0.1, decay=0.5)
    again = type(optimizer).from_config(optimizer.get_config())
    assert (again.learning_rate, again.decay) == (0.1, 0.5)
    assert "decay" not in OPTIMIZERS[name]().get_config()


def test_rate_and_steps_are_read_and_set_as_variables_of_keras() -> None:
    optimizer = optimizers.Adam(0.5)
    assert (optimizer.lr, float(optimizer.learning_rate), optimizer.lr.numpy().dtype) == (
        0.5,
        0.5,
        np.float32,
    )
    optimizer.lr = 0.25
    optimizer.learning_rate.assign(optimizer.lr.read_value() / 2)
    assert optimizer.lr.value() == 0.125
    assert type(optimizer.get_config()["learning_rate"]) is float
    optimizer.iterations.assign(7)
    assert (optimizer.iterations, optimizer.batches, optimizer.iterations.numpy()) == (7, 7, np.int64(7))


def test_words_of_keras_2_that_ask_for_nothing_are_taken() -> None:
    optimizer = optimizers.Adam(jit_compile=True, is_legacy_optimizer=False)
    assert not {"jit_compile", "is_legacy_optimizer"} & optimizer.get_config().keys()


def test_gradients_computed_by_hand() -> None:
    first, second = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.SGD(0.5, momentum=0.9)
    optimizer.apply_gradients(zip([torch.ones(2), None], [first, second], strict=True))
    optimizer.apply_gradients([(torch.ones(2), first), (torch.ones(2), second)])
    torch.testing.assert_close(
        (first.detach(), second.detach()), (torch.full((2,), -0.45), torch.full((2,), 0.5))
    )
    assert optimizer.iterations == 2
    assert first.grad is None
    assert [tuple(v.shape) for v in optimizer.variables] == [(2,), (2,)]


def test_names_of_every_age_lead_to_the_same_classes() -> None:
    assert (
        optimizers.rmsprop
        is optimizers.legacy.RMSprop
        is optimizers.experimental.RMSprop
        is optimizers.RMSprop
    )
    assert optimizers.adam(epsilon=None).epsilon == 1e-7
    for name in ALL:
        made = OPTIMIZERS[name](0.5)
        assert optimizers.deserialize(optimizers.serialize(made)).get_config() == made.get_config()


@pytest.mark.parametrize("name", ALL)
def test_use_before_build_and_with_other_parameters(name: str) -> None:
    optimizer = OPTIMIZERS[name]()
    with pytest.raises(NotBuiltError, match="apply before build"):
        optimizer.apply()
    with pytest.raises(NotBuiltError, match="load_state_dict before build"):
        optimizer.load_state_dict({})
    with pytest.raises(ArgumentError, match="no parameter to train"):
        optimizer.build([])
    weights = [torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(3))]
    optimizer.build(weights)
    with pytest.raises(ArgumentError, match="no parameter has a gradient"):
        optimizer.apply()
    optimizer.build(weights)  # the same again
    optimizer.build(weights[:1])  # some layers frozen since
    with pytest.raises(ArgumentError, match="built for other parameters"):
        optimizer.build([torch.nn.Parameter(torch.ones(2))])


def test_a_state_of_something_else_is_refused() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    adam, sgd, other = optimizers.Adam(), optimizers.SGD(), optimizers.Adam()
    for optimizer, parameter in ((adam, weight), (sgd, weight)):
        optimizer.build([parameter])
    other.build([torch.nn.Parameter(torch.ones(3))])
    with pytest.raises(CheckpointError, match=r"missing .*momentum\.0"):
        adam.load_state_dict(sgd.state_dict())
    with pytest.raises(CheckpointError, match=r"momentum.0 has shape \(3,\); expected \(2,\)"):
        adam.load_state_dict(other.state_dict())


def test_get_knows_names_classes_objects_and_configs() -> None:
    made = optimizers.SGD(0.5)
    assert optimizers.get(made) is made
    assert isinstance(optimizers.get("RMSProp"), optimizers.RMSprop)
    assert isinstance(optimizers.get(optimizers.AdamW), optimizers.AdamW)
    config = {"class_name": "SGD", "config": {"learning_rate": 0.5, "momentum": 0.9}}
    assert optimizers.get(config).get_config()["momentum"] == 0.9
    with pytest.raises(UnknownNameError, match=r"unknown optimizer 'sdg'\. Did you mean 'sgd'\?"):
        optimizers.get("sdg")
    with pytest.raises(ArgumentTypeError, match=r"received torch\.optim"):
        optimizers.get(torch.optim.SGD([torch.nn.Parameter(torch.ones(1))]))
    for name in ALL:
        assert repr(optimizers.get(name)).startswith(f"<{OPTIMIZERS[name].__name__} ")


def test_learning_rate_can_be_set_and_read() -> None:
    optimizer = optimizers.SGD(0.1)
    weight = torch.nn.Parameter(torch.ones(1))
    optimizer.build([weight])
    for value in (0.5, np.float32(0.25), torch.tensor(0.125), 0):
        optimizer.learning_rate = value
        assert optimizer.learning_rate == float(value)
    with pytest.raises(ArgumentError, match="received -1"):
        optimizer.learning_rate = -1
    assert optimizer.torch_optimizer is not None
    optimizer.torch_optimizer.param_groups[0]["lr"] = 0.75  # as torch's schedulers do
    assert optimizer.learning_rate == 0.75

    def closure() -> torch.Tensor:
        loss = (weight * 2.0).sum()
        loss.backward()
        return loss

    assert optimizer.torch_optimizer.step(closure).item() == 2.0
    assert weight.item() == 1.0 - 0.75 * 2.0
    assert optimizer.iterations == 1


def test_a_scheduled_rate_cannot_be_set_but_replaced() -> None:
    optimizer = optimizers.SGD(schedules.ExponentialDecay(0.1, 1, 0.5))
    with pytest.raises(ArgumentTypeError, match="follows a schedule"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = lambda step: 0.5 / (step + 1)
    assert optimizer.learning_rate == 0.5
    optimizer.iterations = 4
    assert optimizer.learning_rate == 0.1
    with pytest.raises(ArgumentError, match="a function of your own"):
        optimizer.get_config()
    optimizer.learning_rate = lambda: 0.125  # Keras' form, without the step
    assert optimizer.learning_rate == 0.125


def test_adamw_needs_its_weight_decay() -> None:
    with pytest.raises(ArgumentError, match=r"weight_decay must be .* received None. Use Adam"):
        optimizers.AdamW(weight_decay=None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="momentum must be"):
        optimizers.SGD(momentum=1.5)
    assert issubclass(ArgumentError, ConvolensError)


def test_gradients_that_are_not_finite_clip_to_nan_as_in_keras() -> None:
    weight = torch.nn.Parameter(torch.ones(2))
    optimizer = optimizers.SGD(global_clipnorm=1.0)
    optimizer.build([weight])
    weight.grad = torch.tensor([float("inf"), 0.0])
    optimizer.apply()
    assert torch.isnan(weight).all()


@pytest.mark.parametrize("name", ["sgd", "adam"])
@pytest.mark.parametrize("taped", [True, False])
def test_minimize_is_a_step_of_fit(name: str, taped: bool) -> None:
    from convolens.layers import Conv2D, Flatten
    from convolens.models import Sequential
    from convolens.tensorflow import GradientTape

    first, second = (Sequential([Conv2D(2, 3, input_shape=(5, 5, 1)), Flatten()]) for _ in range(2))
    second.set_weights(first.get_weights())
    x, y = (
        np.random.default_rng(0).random((2, 4, 5, 5, 1), np.float32)[:, :, :5],
        np.zeros((4, 18), "float32"),
    )
    first.compile(name, "mse")
    optimizer = optimizers.get(name)

    def loss() -> Any:
        return (second(x[0]) ** 2).mean()

    for _ in range(3):
        first.train_on_batch(x[0], y)
        if taped:
            with GradientTape() as tape:
                value = loss()
            optimizer.minimize(value, second.trainable_variables, tape=tape)
        else:
            optimizer.minimize(loss, lambda: second.trainable_variables)
    for one, other in zip(first.get_weights(), second.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_what_cannot_be_minimized_is_said() -> None:
    weight = torch.nn.Parameter(torch.ones(1))
    with pytest.raises(ArgumentError, match="tape is required where the loss is a tensor"):
        optimizers.SGD().minimize(weight.sum(), [weight])
    for loss in (lambda: 3.0, lambda: torch.ones(()), lambda: torch.ones(1, requires_grad=True).sum()):
        with pytest.raises(ArgumentError, match="depends on none of the variables"):
            optimizers.SGD().minimize(loss, [weight])


class Own:
    """A thing of the user's own, with a config."""

    @classmethod
    def from_config(cls, config: Any) -> Any:
        return ("made", config)


@pytest.mark.parametrize(
    ("room", "name"),
    [("optimizers", "sgd"), ("losses", "mse"), ("metrics", "mse"), ("activations", "relu"), ("initializers", "zeros"),
     ("regularizers", "l2"), ("constraints", "max_norm")],
)  # fmt: skip
def test_every_deserialize_takes_custom_objects(room: str, name: str) -> None:
    import importlib

    kit = importlib.import_module(f"convolens.{room}")
    assert type(kit.deserialize(name, custom_objects={})) is type(kit.get(name))
    described = {"class_name": "Own", "config": {"size": 3}}
    assert kit.deserialize(described, custom_objects={"Own": Own}) == ("made", {"size": 3})
    assert kit.deserialize("own", {"own": Own}) is Own
    with pytest.raises((ValueError, TypeError), match=r"(?i)own"):
        kit.deserialize(described)


def test_schedules_deserialize_with_custom_objects() -> None:
    described = {"class_name": "Own", "config": {}}
    assert schedules.deserialize(described, custom_objects={"Own": Own}) == ("made", {})
