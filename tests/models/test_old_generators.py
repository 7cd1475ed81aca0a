"""fit_generator and its kin, called in the words of Keras 1 and 2, do what fit does."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from convolens.callbacks import LambdaCallback
from convolens.layers import Dense, Flatten, Input
from convolens.models import Sequential
from convolens.preprocessing.image import ImageDataGenerator
from convolens.utils import set_random_seed

X, Y = np.random.default_rng(0).normal(size=(20, 3)).astype("float32"), np.arange(20.0) % 2
PHOTOS = np.random.default_rng(1).integers(0, 255, (20, 2, 2, 3), np.uint8)

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated; .* takes generators")


def model(shape: tuple[int, ...] = (3,)) -> Sequential:
    set_random_seed(1)
    network = Sequential([Input(shape), Flatten(), Dense(1)])
    network.compile("sgd", "mse")
    return network


def endless(size: int = 8) -> Iterator[Any]:
    while True:
        for start in range(0, 16, size):
            yield X[start : start + size], Y[start : start + size]


# What is written, and how `fit` is asked for the same.
SAME: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "Keras 2": (
        lambda m: m.fit_generator(endless(), steps_per_epoch=2, epochs=3, verbose=0, workers=4, max_queue_size=2),
        lambda m: m.fit(endless(), steps_per_epoch=2, epochs=3, verbose=0),
    ),
    "Keras 2, by place": (
        lambda m: m.fit_generator(endless(), 2, 3, 0, [], endless(), 1),
        lambda m: m.fit(endless(), steps_per_epoch=2, epochs=3, verbose=0, validation_data=endless(), validation_steps=1),
    ),
    "Keras 1": (
        lambda m: m.fit_generator(
            endless(), samples_per_epoch=20, nb_epoch=3, verbose=0, validation_data=endless(4), nb_val_samples=8,
            max_q_size=1, nb_worker=1, pickle_safe=False, class_weight={},
        ),
        lambda m: m.fit(endless(), steps_per_epoch=3, epochs=3, verbose=0, validation_data=endless(4), validation_steps=2),
    ),
    "Keras 1, by place": (
        lambda m: m.fit_generator(endless(), 16, nb_epoch=2, verbose=0, validation_data=(X, Y), nb_val_samples=20),
        lambda m: m.fit(endless(), steps_per_epoch=2, epochs=2, verbose=0, validation_data=(X, Y)),
    ),
    "a list of batches": (
        lambda m: m.fit_generator([(X, Y)], samples_per_epoch=20, nb_epoch=2, verbose=0),
        lambda m: m.fit([(X, Y)], epochs=2, verbose=0),
    ),
    "evaluate": (lambda m: m.evaluate_generator(endless(), val_samples=16), lambda m: m.evaluate(endless(), steps=2, verbose=0)),
    "evaluate, by place": (lambda m: m.evaluate_generator(endless(), 2), lambda m: m.evaluate(endless(), steps=2, verbose=0)),
    "predict": (lambda m: m.predict_generator(endless(), val_samples=9), lambda m: m.predict(endless(), steps=2)),
    "predict, by place": (lambda m: m.predict_generator(endless(), 2, None, 10), lambda m: m.predict(endless(), steps=2)),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_old_words_do_what_the_new_ones_do(name: str) -> None:
    old, new = model(), model()
    given, expected = SAME[name][0](old), SAME[name][1](new)
    np.testing.assert_equal(getattr(given, "history", given), getattr(expected, "history", expected))
    for ours, theirs in zip(old.get_weights(), new.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_samples_of_an_iterator_go_by_its_batch_size() -> None:
    flow = ImageDataGenerator().flow(PHOTOS, np.arange(20.0), batch_size=6, seed=1)
    network = model((2, 2, 3))
    steps: list[int] = []
    count = LambdaCallback(on_train_batch_end=lambda batch, logs: steps.append(batch))
    network.fit_generator(flow, samples_per_epoch=20, nb_epoch=1, verbose=0, callbacks=[count])
    assert steps == [0, 1, 2, 3]


def test_an_old_name_warns() -> None:
    with pytest.warns(UserWarning, match="fit_generator is deprecated; fit takes generators"):
        model().fit_generator(endless(), 1, 1, 0)
