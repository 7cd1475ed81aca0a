"""Prefetch: batches made ahead on a thread are the same batches, and the thread ends with the epoch."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

import convolens
from convolens import layers
from convolens.augmentation import Augmentation
from convolens.augmentation.cpu.batches import AugmentedBatches
from convolens.callbacks import LambdaCallback
from convolens.errors import ImageError, ShapeError
from convolens.preprocessing.image import ImageDataGenerator
from convolens.training import IndexedSource, may_prefetch, prefetch
from images import folders, truncated_jpeg

WAIT = 30  # seconds until a test that hangs fails; none waits as long


def workers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("convolens-prefetch")]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Any:
    yield
    assert workers() == []


class Counted:
    """Batches by number in passes, safe to make on a thread; notes what is called, and on which thread."""

    thread_safe = True

    def __init__(self, batches: int, broken: int | None = None) -> None:
        self.batches, self.broken, self.epoch = batches, broken, -1
        self.made: list[tuple[int, int]] = []
        self.threads: set[str] = set()

    def __len__(self) -> int:
        return self.batches

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __getitem__(self, number: int) -> Any:
        if (self.epoch, number) == (0, self.broken):
            raise ImageError("b/7.png: damaged")
        self.made.append((self.epoch, number))
        self.threads.add(threading.current_thread().name.split("_")[0])
        return np.array([[self.epoch, number]], np.float32), np.array([number])


class Apart(Counted):
    """The same, but for the main thread only."""

    thread_safe = False


def seen(source: IndexedSource, epoch: int) -> list[list[float]]:
    return [batch.x[0].tolist() for batch in source.epoch(epoch)]


@settings(max_examples=60)
@given(
    batches=st.integers(1, 6),
    steps=st.integers(1, 15),
    epochs=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    taken=st.integers(0, 15),
)
def test_order_content_and_what_is_left_behind_do_not_depend_on_it(
    batches: int, steps: int, epochs: list[int], taken: int
) -> None:
    ahead, apart = Counted(batches), Apart(batches)
    sources = IndexedSource(ahead, steps), IndexedSource(apart, steps)
    for epoch in epochs:
        one, other = (seen(source, epoch) for source in sources)
        assert one == other
        assert ahead.epoch == apart.epoch
    for source in sources:  # leave an epoch in the middle
        iterator: Any = source.epoch(epochs[0] + 1)
        for _ in range(min(taken, steps)):
            next(iterator)
        iterator.close()
    assert ahead.epoch == apart.epoch
    assert len(ahead.made) - len(apart.made) <= 2
    assert seen(sources[0], 7) == seen(sources[1], 7)
    assert ahead.threads == {"convolens-prefetch"}
    assert apart.threads == {"MainThread"}


def test_who_may_be_made_ahead() -> None:
    x = np.zeros((4, 2, 2, 3), np.uint8)
    flow = ImageDataGenerator().flow(x)
    assert may_prefetch(flow)
    assert may_prefetch(AugmentedBatches(x, np.zeros(4), 2, Augmentation(), 1))
    assert may_prefetch(Counted(1))
    assert not may_prefetch(Apart(1))
    assert not may_prefetch(ImageDataGenerator(preprocessing_function=np.sqrt).flow(x))
    flow.thread_safe = False
    assert not may_prefetch(flow)

    class Sequence:
        """Someone else's."""

        def __len__(self) -> int:
            return 1

    class NoPasses(Sequence):
        """A pass begun too early could not be taken back."""

        thread_safe = True

    assert not may_prefetch(Sequence())
    assert not may_prefetch(NoPasses())


def test_the_next_batches_are_made_while_one_is_in_use() -> None:
    made = [threading.Event() for _ in range(8)]

    def slow() -> Any:
        for number, event in enumerate(made):
            event.set()
            yield number

    batches = prefetch(slow())
    for number, item in enumerate(batches):
        assert item == number
        # The network computes: meanwhile the two after this one are made, and no more.
        assert all(event.wait(WAIT) for event in made[: number + 3])
        assert not any(event.is_set() for event in made[number + 3 :])


def test_fit_computes_while_the_next_batches_are_made() -> None:
    third_is_made, heard = threading.Event(), []

    class Telling(Counted):
        """Says when its third batch is asked for."""

        def __getitem__(self, number: int) -> Any:
            if number == 2:
                third_is_made.set()
            return np.zeros((2, 3), np.float32), np.zeros((2, 1), np.float32)

    def compute(batch: int, logs: Any) -> None:
        if batch == 0:
            heard.append(third_is_made.wait(WAIT))

    small().fit(Telling(4), verbose=0, callbacks=[LambdaCallback(on_train_batch_begin=compute)])
    assert heard == [True]


@pytest.mark.parametrize("broken", range(5))
def test_an_error_comes_in_its_place_with_its_own_type(broken: int) -> None:
    data = Counted(5, broken)
    source, before = IndexedSource(data), []

    def take() -> None:
        before.extend(batch.x[0].tolist() for batch in source.epoch(0))

    with pytest.raises(ImageError, match=r"^b/7\.png: damaged$"):
        take()
    assert before == [[0, number] for number in range(broken)]
    assert workers() == []
    assert len(seen(source, 1)) == 5


def test_an_error_of_the_user_ends_the_thread_too() -> None:
    model = network()

    def fail(batch: int, logs: Any) -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine") as caught:
        model.fit(flow(), verbose=0, callbacks=[LambdaCallback(on_train_batch_end=fail)])
    assert workers() == []  # though the traceback still holds the frames
    assert caught.value.args == ("mine",)
    with pytest.raises(ShapeError, match="channels"):
        model.fit(ImageDataGenerator().flow(np.zeros((4, 8, 8, 1)), np.zeros((4, 1))), verbose=0)


def small() -> Any:
    convolens.utils.set_random_seed(3)
    model = convolens.Sequential([convolens.Input((3,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def network() -> Any:
    convolens.utils.set_random_seed(3)
    model = convolens.Sequential(
        [
            convolens.Input((8, 8, 3)),
            layers.Conv2D(4, 3),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse")
    return model


def flow(**options: Any) -> Any:
    x = np.random.default_rng(1).integers(0, 256, (22, 8, 8, 3), dtype=np.uint8)
    made = ImageDataGenerator(rotation_range=30, horizontal_flip=True, rescale=1 / 255)
    return made.flow(x, (np.arange(22) % 2)[:, None].astype(np.float32), batch_size=4, seed=5, **options)


def augmented() -> Any:
    x = np.random.default_rng(1).integers(0, 256, (22, 8, 8, 3), dtype=np.uint8)
    y = (np.arange(22) % 2)[:, None].astype(np.float32)
    return AugmentedBatches(x, y, 4, Augmentation(rotation_range=30, zoom_range=0.2), seed=5)


@pytest.mark.parametrize("make", [flow, augmented], ids=["flow", "AugmentedBatches"])
@pytest.mark.parametrize("steps", [None, 4, 9])
def test_the_weights_are_the_same_to_the_bit(make: Any, steps: int | None) -> None:
    def train(thread_safe: bool) -> Any:
        data, model = make(), network()
        data.thread_safe = thread_safe
        assert may_prefetch(data) == thread_safe
        history = model.fit(data, epochs=3, steps_per_epoch=steps, validation_data=make(), verbose=0)
        return model.get_weights(), history.history, data.epoch, model.predict(data, verbose=0)

    (weights, history, epoch, predicted), (others, other_history, other_epoch, other_predicted) = (
        train(True),
        train(False),
    )
    assert all(np.array_equal(one, other) for one, other in zip(weights, others, strict=True))
    assert (history, epoch) == (other_history, other_epoch)
    np.testing.assert_array_equal(predicted, other_predicted)


def test_a_stopped_epoch_and_its_resumption_are_as_without() -> None:
    def train(thread_safe: bool) -> Any:
        data, model = flow(), network()
        data.thread_safe = thread_safe

        def stop(batch: int, logs: Any) -> None:
            model.stop_training = batch == 4  # the last but one of a pass: the next pass is begun ahead

        model.fit(
            data, epochs=2, steps_per_epoch=9, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=stop)]
        )
        assert workers() == []
        left = data.epoch, data.batch_index, data.total_batches_seen, data.index_array.tolist()
        model.fit(data, epochs=3, initial_epoch=1, steps_per_epoch=9, verbose=0)
        return left, model.get_weights(), next(data)[0]

    (left, weights, batch), (other_left, others, other_batch) = train(True), train(False)
    assert left == other_left
    assert left[0] == 0
    assert all(np.array_equal(one, other) for one, other in zip(weights, others, strict=True))
    np.testing.assert_array_equal(batch, other_batch)


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let SIGINT interrupt, also where the tests run in the background and it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.skipif(os.name == "nt", reason="signals are sent to the process itself")
@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_while_a_batch_is_waited_for(capsys: Any) -> None:
    class Interrupting(Counted):
        """Ctrl-C comes while the third batch is made; it is done only when the main thread has heard of it."""

        def __getitem__(self, number: int) -> Any:
            if number == 2:
                assert trained.wait(WAIT)
                os.kill(os.getpid(), signal.SIGINT)
            return np.zeros((2, 3), np.float32), np.ones((2, 1), np.float32)

    trained, model, counts = threading.Event(), small(), []

    def note(batch: int, logs: Any) -> None:
        counts.append(batch)
        if batch == 1:
            trained.set()

    history = model.fit(
        Interrupting(9), epochs=3, verbose=0, callbacks=[LambdaCallback(on_train_batch_end=note)]
    )
    assert history.interrupted
    assert counts[:2] == [0, 1]
    assert len(counts) < 9
    assert workers() == []
    assert "Interrupted after 0 finished epochs" in capsys.readouterr().out


def test_a_damaged_file_stops_fit_by_its_name(tmp_path: Any) -> None:
    data = folders(tmp_path, {"a": 5, "b": 5})
    truncated_jpeg(data / "b" / "cut.jpg")
    batches = ImageDataGenerator().flow_from_directory(
        data, (8, 8), class_mode="binary", batch_size=2, seed=1
    )
    with pytest.raises(ImageError, match=r"cut\.jpg: damaged or truncated"):
        network().fit(batches, verbose=0)


def test_the_state_of_numpy_is_that_of_the_caller() -> None:
    def divide() -> Any:
        yield np.ones(1) / np.zeros(1)

    with np.errstate(divide="raise"), pytest.raises(FloatingPointError):
        list(prefetch(divide()))
    with np.errstate(divide="ignore"):
        assert np.isinf(list(prefetch(divide()))).all()


def test_depth_and_closing() -> None:
    closed = []

    def numbers() -> Any:
        try:
            yield from range(100)
        finally:
            closed.append(threading.current_thread().name)

    for depth in (1, 2, 5):
        assert list(prefetch(numbers(), depth)) == list(range(100))
    batches = prefetch(numbers())
    assert next(batches) == 0
    assert len(workers()) == 1
    batches.close()
    assert len(closed) == 4
    assert list(prefetch(iter([]))) == []


def test_ctrl_c_while_the_thread_starts_ends_the_pass_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, closed = threading.Event(), threading.Event()

    def slow() -> Any:
        try:
            begun.set()
            time.sleep(0.3)  # longer than the pass takes to end
            yield 1
        finally:
            closed.set()

    start = threading.Thread.start

    def interrupted(thread: threading.Thread) -> None:
        start(thread)
        if thread.name.startswith("convolens-prefetch"):
            assert begun.wait(10)
            raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(prefetch(slow()))
    assert closed.is_set()
