"""`tf.debugging`, `tf.errors`, `tf.autograph` and `tf.Module`: what programs check, catch and gather."""

import io
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import convolens
import convolens.tensorflow as tf
from convolens.errors import NotHereError

HOLD: dict[str, list[tuple[Any, ...]]] = {  # by name: arguments that hold, then arguments that do not
    "equal": [([1, 2], [1, 2]), ([1, 2], [1, 3])],
    "none_equal": [([1, 2], [2, 1]), ([1, 2], [2, 2])],
    "less": [([1, 2], 3), ([1, 3], 3)],
    "less_equal": [([1, 3], 3), ([1, 4], 3)],
    "greater": [([4, 5], 3), ([4, 3], 3)],
    "greater_equal": [([4, 3], 3), ([4, 2], 3)],
    "positive": [([1.0],), ([0.0],)],
    "negative": [([-1.0],), ([0.0],)],
    "non_negative": [([0.0],), ([-1.0],)],
    "non_positive": [([0.0],), ([1.0],)],
    "near": [([1.0], [1.0 + 1e-6]), ([1.0], [1.0 + 1e-5])],
    "rank": [(np.zeros((2, 3)), 2), (np.zeros(2), 2)],
    "rank_at_least": [(np.zeros((2, 3)), 1), (np.zeros(2), 2)],
    "scalar": [(1.0,), ([1.0],)],
    "type": [(np.float32(1), tf.float32), (np.float32(1), tf.int32)],
    "shapes": [([(np.zeros((2, 3)), ("N", 3))],), ([(np.zeros((2, 3)), ("N", "N"))],)],
    "all_finite": [([1.0], "x"), ([np.inf], "x")],
}


@pytest.mark.parametrize("name", HOLD)
def test_checks_hold_or_raise_what_programs_catch(name: str) -> None:
    check = getattr(tf.debugging, f"assert_{name}")
    fits, not_ = HOLD[name]
    check(*fits)
    check(*(tf.constant(one) if isinstance(one, list) and name not in ("shapes",) else one for one in fits))
    with pytest.raises(
        TypeError if name == "type" else tf.errors.InvalidArgumentError, match=f"assert_{name}|check_num"
    ):
        check(*not_)


def test_every_check_is_tested() -> None:
    assert {name for name in tf.debugging.__all__ if name.startswith("assert_")} == {
        f"assert_{name}" for name in HOLD
    }
    assert tf.assert_equal is tf.debugging.assert_equal


@pytest.mark.parametrize(
    ("shapes", "fits"),
    [
        ([((4, 8, 8, 3), "NHWC"), ((4,), "N")], True),
        ([((4, 8, 9, 3), "NHHC")], False),
        ([((4, 8, 9, 3), ("...", 9, 3)), ((4, 2), ("N", "*"))], True),
        ([((9, 3), (..., 8, 9, 3))], False),
        ([((None, 3), ("N", 3)), ((5,), ("N",))], True),
        ([((4, 3), (None, 3))], True),
        ([((4, 3), (4,))], False),
    ],
)
def test_letters_are_one_size_everywhere(shapes: Any, fits: bool) -> None:
    pairs = [
        (convolens.Input(batch_shape=shape) if None in shape else tf.zeros(shape), axes)
        for shape, axes in shapes
    ]
    if fits:
        tf.debugging.assert_shapes(pairs)
        tf.debugging.assert_shapes(dict(pairs))
        return
    with pytest.raises(ValueError, match=r"photos: assert_shapes: expected .* received shape"):
        tf.debugging.assert_shapes(pairs, message="photos")


def test_numbers_are_let_through_with_their_gradient() -> None:
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.debugging.check_numerics(x * x, "y"))
    assert tape.gradient(y, x).numpy().tolist() == [2.0, 4.0]
    tf.debugging.enable_check_numerics()
    tf.debugging.set_log_device_placement(True)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"Assert: the condition is not true: 3, \[1. 2.\]"
    ):
        tf.debugging.Assert(False, [3, x])


def test_broken_photos_are_what_programs_look_for(tmp_path: Any) -> None:
    written = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), "uint8")).save(written, "JPEG")
    photo = written.getvalue()
    for content in (b"no photo", photo[:400], photo[: len(photo) // 2]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="decode_image"):
            tf.io.decode_image(content)
    with pytest.raises(tf.errors.NotFoundError):
        tf.io.read_file(str(tmp_path / "none.jpg"))
    with pytest.raises(tf.errors.OutOfRangeError):
        next(iter(tf.data.Dataset.from_tensor_slices([1]).skip(1)))
    assert issubclass(torch.cuda.OutOfMemoryError, tf.errors.ResourceExhaustedError)


class Net(tf.Module):  # type: ignore[misc, name-defined]
    def __init__(self) -> None:
        super().__init__()
        self.scale = tf.Variable(2.0)
        self.steps = tf.Variable(0, trainable=False)
        self.layers = [convolens.layers.Dense(1)]
        self.inner = {"one": Inner(self.scale)}

    @tf.Module.with_name_scope
    def __call__(self, x: Any) -> Any:
        with self.name_scope:
            return self.scale * self.layers[0](x) + self.inner["one"].shift


class Inner(tf.Module):  # type: ignore[misc, name-defined]
    def __init__(self, shared: Any) -> None:
        super().__init__("inner")
        self.shared, self.shift = shared, tf.Variable(1.0)


def test_a_module_knows_its_variables_and_is_trained() -> None:
    net = Net()
    x, y = np.ones((4, 2), "float32"), np.full((4, 1), 5.0, "float32")
    net(x)
    assert (net.name, [one.name for one in net.submodules]) == ("net", ["inner"])
    assert (len(net.variables), len(net.trainable_variables), len(net.non_trainable_variables)) == (5, 4, 1)
    optimizer = tf.keras.optimizers.SGD(0.05)
    losses = []
    for _ in range(30):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((net(x) - y) ** 2)
        optimizer.apply_gradients(
            zip(tape.gradient(loss, net.trainable_variables), net.trainable_variables, strict=True)
        )
        losses.append(float(loss))
    assert losses[-1] < 1e-3 < losses[0]


def test_functions_are_not_converted() -> None:
    def double(x: int) -> int:
        return 2 * x

    assert tf.autograph.experimental.do_not_convert(double) is double
    assert tf.autograph.experimental.do_not_convert()(double)(2) == 4
    tf.autograph.set_verbosity(0)


@pytest.mark.parametrize(
    ("name", "words"), [("saved_model", "model.save"), ("lite", "model.save"), ("estimator", "model.fit")]
)
def test_what_stays_away_says_what_to_use(name: str, words: str) -> None:
    with pytest.raises(NotHereError, match=rf"tf\.{name} is not here.*{words}"):
        getattr(tf, name)
