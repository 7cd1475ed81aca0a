"""Models of several outputs and inputs: losses, weights, metrics and logs are Keras'."""

from pathlib import Path
from typing import Any

import keras as real_keras
import numpy as np
import pytest

import convolens
from convolens import layers, models
from convolens.callbacks.monitor import larger_is_better
from convolens.errors import ArgumentError, ShapeError, UnknownNameError
from convolens.metrics import BinaryAccuracy

RANDOM = np.random.default_rng(0)
A, B = RANDOM.random((12, 4), "float32"), RANDOM.random((12, 3), "float32")
Y = {"classes": np.arange(12) % 3, "size": RANDOM.random(12).astype("float32")}
WEIGHTS = {"classes": RANDOM.random(12), "size": RANDOM.random(12)}


def two(kit: Any, kind: Any) -> Any:
    a, b = kit.Input((4,), name="a"), kit.Input((3,), name="b")
    joined = kit.Concatenate()([a, b])
    return kind(
        [a, b],
        [kit.Dense(3, activation="softmax", name="classes")(joined), kit.Dense(1, name="size")(joined)],
    )


def both() -> list[Any]:
    ours, theirs = two(layers, models.Model), two(real_keras.layers, real_keras.Model)
    theirs.set_weights(ours.get_weights())
    return [ours, theirs]


COMPILED: list[dict[str, Any]] = [
    {"loss": ["sparse_categorical_crossentropy", "mse"]},
    {
        "loss": {"size": "mae", "classes": "sparse_categorical_crossentropy"},
        "loss_weights": {"size": 0.5, "classes": 2.0},
    },
    {"loss": {"size": "mse", "classes": "sparse_categorical_crossentropy"}, "metrics": {"size": ["mae"]}},
    {
        "loss": ["sparse_categorical_crossentropy", "mse"],
        "loss_weights": [1.0, 0.2],
        "metrics": [["accuracy"], ["mae", "mse"]],
    },
]


@pytest.mark.parametrize(
    ("options", "weighted"),  # Keras takes weights of outputs in lists only
    [(options, weighted) for options in COMPILED for weighted in {False, isinstance(options["loss"], list)}],
    ids=str,
)
def test_losses_and_metrics_are_those_of_keras(options: dict[str, Any], weighted: bool) -> None:
    results = []
    in_lists = isinstance(options["loss"], list)  # Keras takes dicts for dicts, lists for lists
    targets: Any = list(Y.values()) if in_lists else Y
    weight = list(WEIGHTS.values()) if weighted else None
    for model in both():
        model.compile("sgd", **options)
        results.append(
            model.evaluate([A, B], targets, sample_weight=weight, batch_size=5, verbose=0, return_dict=True)
        )
    assert set(results[0]) == set(results[1])
    for name in results[0]:
        if not weighted or name == "loss":
            np.testing.assert_allclose(results[0][name], results[1][name], rtol=1e-4, err_msg=name)


@pytest.mark.parametrize("outputs", [1, 2])
def test_a_metric_with_weights_and_without_has_the_names_of_keras(outputs: int) -> None:
    logs = []
    for model, kit in zip(both(), (layers, real_keras.layers), strict=True):
        loss, metrics, weighted, y, weight = (
            ["sparse_categorical_crossentropy", "mse"],
            [["accuracy"], ["mae", "mse"]],
            [["accuracy"], ["mae"]],
            list(Y.values()),
            list(WEIGHTS.values()),
        )
        x: Any = [A, B]
        if outputs == 1:
            weights = model.get_weights()[:2]
            model = (models if kit is layers else real_keras).Sequential(
                [kit.Input((7,)), kit.Dense(3, "softmax")]
            )
            model.set_weights(weights)
            x = np.concatenate([A, B], 1)
            loss, metrics, weighted, y, weight = loss[0], metrics[0], weighted[0], y[0], weight[0]
        model.compile("sgd", loss, metrics=metrics, weighted_metrics=weighted)
        fitted = model.fit(
            x,
            y,
            sample_weight=weight,
            validation_data=(x, y, weight),
            batch_size=12,
            shuffle=False,
            verbose=0,
        ).history
        evaluated = model.evaluate(x, y, sample_weight=weight, batch_size=12, verbose=0, return_dict=True)
        trained = model.train_on_batch(x, y, sample_weight=weight, return_dict=True)
        logs.append([{name: values[-1] for name, values in fitted.items()}, evaluated, trained])
    for ours, theirs in zip(*logs, strict=True):
        assert set(ours) == set(theirs)
        for name in ours:
            if not name.endswith("_loss") or name == "val_loss":
                assert ours[name] == pytest.approx(float(theirs[name]), rel=1e-4), name


@pytest.mark.parametrize("form", [list, tuple])
def test_batches_hold_the_weights_of_outputs_in_a_list_or_a_tuple(form: Any) -> None:
    model = two(layers, models.Model)
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"], weighted_metrics={"size": ["mae"]})
    expected = model.evaluate([A, B], Y, sample_weight=WEIGHTS, verbose=0)
    batch = [A, B], Y, form(WEIGHTS.values())
    np.testing.assert_allclose(model.evaluate(iter([batch]), steps=1, verbose=0), expected, rtol=1e-5)
    np.testing.assert_allclose(model.test_on_batch(*batch), expected, rtol=1e-5)


def test_one_object_with_weights_and_without_is_two_metrics() -> None:
    model = models.Sequential([layers.Input((1,)), layers.Identity()])
    metric = BinaryAccuracy()
    model.compile("sgd", "mse", metrics=[metric], weighted_metrics=[metric])
    x = np.array([[0.9], [0.1]], "float32")
    found = model.evaluate(x, np.ones(2), sample_weight=np.array([3.0, 1.0]), verbose=0, return_dict=True)
    assert (found["binary_accuracy"], found["weighted_binary_accuracy"]) == (0.5, 0.75)
    assert larger_is_better("val_weighted_binary_accuracy", "auto", [metric])


def test_training_is_that_of_keras() -> None:
    histories, weights = [], []
    for model in both():
        kit = real_keras if isinstance(model, real_keras.Model) else __import__("convolens")
        model.compile(
            kit.optimizers.SGD(0.1),
            ["sparse_categorical_crossentropy", "mse"],
            metrics={"classes": "accuracy"},
            loss_weights=[1, 0.5],
        )
        fit = model.fit(
            {"b": B, "a": A}, Y, epochs=2, batch_size=4, shuffle=False, verbose=0, validation_split=0.25
        )
        histories.append(fit.history)
        weights.append(model.get_weights())
    assert set(histories[0]) == set(histories[1])
    for name in histories[1]:
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-3, err_msg=name)
    for mine, other in zip(*weights, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)


ONE_WEIGHT: list[tuple[Any, Any]] = [
    (0.3, "sparse_categorical_crossentropy"),
    ([0.3], ["sparse_categorical_crossentropy"]),
    ({"classes": 0.3}, {"classes": "sparse_categorical_crossentropy"}),
    ({"classes": 0.3}, "sparse_categorical_crossentropy"),
]


@pytest.mark.parametrize(
    ("weight", "loss", "own"),
    [
        (*asked, own)
        for asked in ONE_WEIGHT
        for own in (None, "train_step", "compute_loss", "late")
        if own != "late" or not isinstance(asked[1], dict)  # Keras knows no names of outputs then
    ],
    ids=str,
)
def test_the_loss_of_one_output_has_its_weight(
    weight: Any, loss: Any, own: str | None, tmp_path: Path
) -> None:
    seen: list[list[Any]] = []
    start: list[Any] = []
    for library in (convolens, real_keras):
        model = _one_output(library, own)
        if own != "late":
            start = start or [np.asarray(array) for array in model.get_weights()]
            model.set_weights(start)
        model.compile(library.optimizers.SGD(0.1), loss, loss_weights=weight)
        if own == "late":  # built by its first batch
            model.predict(B, verbose=0)
            start = start or [np.asarray(array) for array in model.get_weights()]
            model.set_weights(start)
        history = model.fit(B, Y["classes"], epochs=2, batch_size=4, shuffle=False, verbose=0).history["loss"]
        found = model.evaluate(B, Y["classes"], sample_weight=WEIGHTS["classes"], verbose=0)
        seen.append([history, found, *model.get_weights()])
        if own is None:  # and so it has in a file
            model.save(tmp_path / f"{library.__name__}.keras")
            for reader in (convolens, real_keras):
                read = reader.models.load_model(tmp_path / f"{library.__name__}.keras")
                assert read.evaluate(B, Y["classes"], verbose=0) == pytest.approx(
                    model.evaluate(B, Y["classes"], verbose=0), rel=1e-5
                )
    for ours, theirs in zip(*seen, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def _one_output(library: Any, own: str | None) -> Any:
    class Stepping(library.Model):  # type: ignore[name-defined, misc]
        def train_step(self, data: Any) -> Any:
            return super().train_step(data)

    class Computing(library.Model):  # type: ignore[name-defined, misc]
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, **options) -> Any:  # type: ignore[no-untyped-def]
            return 2 * super().compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight)

    kind = {"train_step": Stepping, "compute_loss": Computing}.get(own or "", library.Model)
    layer = library.layers.Dense(3, activation="softmax", name="classes")
    if own == "late":
        return library.Sequential([layer])
    x = library.layers.Input((3,))
    return kind(x, layer(x))


def test_batches_of_dicts_go_by_name() -> None:
    ours, _ = both()
    ours.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    right = ours.evaluate([A, B], [Y["classes"], Y["size"]], verbose=0)
    for x, y in (
        ({"b": B, "a": A}, {"size": Y["size"], "classes": Y["classes"]}),
        ([A, B], (Y["classes"], Y["size"])),
    ):
        np.testing.assert_allclose(ours.evaluate([(x, y)], verbose=0), right, rtol=1e-5)
    weighted = [
        ours.evaluate([A, B], Y, sample_weight=w, verbose=0) for w in (WEIGHTS, list(WEIGHTS.values()))
    ]
    np.testing.assert_allclose(*weighted)
    assert ours.metrics_names == ["loss", "classes_loss", "size_loss"]
    given = ours.predict({"b": B, "a": A}, verbose=0)
    assert [array.shape for array in given] == [(12, 3), (12, 1)]
    assert len(ours.test_on_batch([A, B], [Y["classes"], Y["size"]])) == 3
    assert set(ours.train_on_batch([A, B], Y, return_dict=True)) == {"loss", "classes_loss", "size_loss"}


def test_what_does_not_fit_the_outputs_is_said() -> None:
    ours, _ = both()
    with pytest.raises(
        UnknownNameError, match=r"loss has an entry for 'clases', which is no output\. Did you mean 'classes'"
    ):
        ours.compile("sgd", {"clases": "mse"})
    with pytest.raises(ShapeError, match=r"the model has 2 outputs \(classes, size\); loss is a list of 3"):
        ours.compile("sgd", ["mse"] * 3)
    ours.compile("sgd", "mse")
    with pytest.raises(ArgumentError, match="give y as a list of one array for each, or a dict"):
        ours.fit([A, B], Y["size"], verbose=0)
    with pytest.raises(ShapeError, match="12 samples and 3 labels"):
        ours.fit([A, B], [Y["classes"], Y["size"][:3]], verbose=0)


def test_a_list_of_one_output_is_one_output() -> None:
    x = layers.Input((4,))
    model = models.Model(inputs=[x], outputs=[layers.Dense(2)(x)])
    model.compile("sgd", ["mse"], metrics=["mae"])
    assert set(model.fit(A, np.zeros((12, 2)), verbose=0).history) == {"loss", "mae"}
    assert model.predict(A, verbose=0).shape == (12, 2)


def test_a_model_of_several_outputs_is_a_layer() -> None:
    inner, _ = both()
    a, b = layers.Input((4,)), layers.Input((3,))
    classes, size = inner([a, b])
    outer = models.Model([a, b], layers.Concatenate()([classes, size * 2.0]))
    expected = inner.predict([A, B], verbose=0)
    np.testing.assert_allclose(
        outer.predict([A, B], verbose=0), np.concatenate([expected[0], 2 * expected[1]], 1), atol=1e-6
    )


def test_a_shared_layer_is_counted_once() -> None:
    x, shared = layers.Input((4,)), layers.Dense(4)
    inner = models.Sequential([shared])
    model = models.Model(x, shared(inner(x)))
    assert model.count_params() == 20
    assert len(model.get_weights()) == 2


LISTS: list[Any] = [list(WEIGHTS.values()), [WEIGHTS["classes"], None], WEIGHTS["size"]]
# Each as a dict, which Keras 3's torch backend cannot read, beside the list that means the same.
DICTS: list[Any] = [
    (dict(WEIGHTS), LISTS[0]),
    ({"classes": WEIGHTS["classes"]}, LISTS[1]),
    (tuple(LISTS[0]), LISTS[0]),
]


def _losses(model: Any, weight: Any) -> list[float]:
    """Return the losses that every way of giving weights gives, without a step of training but the last."""
    y = list(Y.values())

    def batches() -> Any:
        while True:
            yield [A, B], y, weight

    def first(values: Any) -> float:
        return float(np.ravel(values)[0])

    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    return [
        first(model.evaluate([A, B], y, sample_weight=weight, verbose=0)),
        first(model.test_on_batch([A, B], y, sample_weight=weight)),
        first(model.evaluate(([a, b], *rest) for (a, b), *rest in [next(batches())])),
        first(model.fit([A, B], y, sample_weight=weight, shuffle=False, verbose=0).history["loss"]),
        first(model.train_on_batch([A, B], y, sample_weight=weight)),
        first(
            model.fit(
                [A, B], y, validation_data=([A, B], y, weight), shuffle=False, verbose=0
            ).history["val_loss"]
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("place", range(3))
def test_weights_in_lists_are_those_of_keras(place: int) -> None:
    ours, theirs = both()
    ours.set_weights(theirs.get_weights())
    mine = _losses(ours, LISTS[place])
    theirs.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    y = list(Y.values())
    given: Any = {"sample_weight": LISTS[place], "verbose": 0}
    np.testing.assert_allclose(mine[0], theirs.evaluate([A, B], y, **given)[0], rtol=1e-5)
    assert mine[:3] == pytest.approx([mine[0]] * 3)
    np.testing.assert_allclose(
        mine[3], theirs.fit([A, B], y, shuffle=False, **given).history["loss"][0], rtol=1e-5
    )
    theirs.reset_metrics()
    np.testing.assert_allclose(
        mine[4], theirs.train_on_batch([A, B], y, sample_weight=LISTS[place])[0], rtol=1e-5
    )


@pytest.mark.parametrize(("named", "listed"), DICTS)
def test_weights_by_name_are_those_in_a_list(named: Any, listed: Any) -> None:
    first, second = two(layers, models.Model), two(layers, models.Model)
    second.set_weights(first.get_weights())
    assert _losses(first, named) == pytest.approx(_losses(second, listed))


def test_a_share_is_split_off_with_weights_by_name() -> None:
    model, _ = both()
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    fitted = model.fit([A, B], Y, sample_weight=WEIGHTS, validation_split=0.5, verbose=0)
    last = {name: weight[6:] for name, weight in WEIGHTS.items()}
    wanted = model.evaluate([A[6:], B[6:]], [y[6:] for y in Y.values()], sample_weight=last, verbose=0)
    assert fitted.history["val_loss"][0] == pytest.approx(wanted[0])


def test_weights_that_do_not_fit_are_said() -> None:
    model, _ = both()
    model.compile("sgd", ["sparse_categorical_crossentropy", "mse"])
    y = list(Y.values())
    for call in (model.fit, model.evaluate, model.train_on_batch, model.test_on_batch):
        with pytest.raises(
            UnknownNameError, match=r"sample_weight has an entry for 'sise', .* Did you mean 'size'\?"
        ):
            call([A, B], y, sample_weight={"sise": WEIGHTS["size"]})
        with pytest.raises(ShapeError, match=r"2 outputs \(classes, size\); sample_weight is a list of 1"):
            call([A, B], y, sample_weight=[WEIGHTS["size"]])
        with pytest.raises(ArgumentError, match=r"sample_weight must be numbers, .* received 'balanced'"):
            call([A, B], y, sample_weight="balanced")
    for weights in ({0: 1.0, 1: 2.0, 2: 3.0}, "balanced", {"size": {0: 1.0}}):
        with pytest.raises(ValueError, match="class_weight is only supported for models of a single output"):
            model.fit([A, B], y, class_weight=weights)


@pytest.mark.parametrize(
    "form", [list, tuple, np.asarray, lambda w: [np.asarray(w)], lambda w: {"size": np.asarray(w)}]
)
def test_weights_of_one_output_in_every_form(form: Any) -> None:
    inputs = layers.Input((4,))
    model = models.Model(inputs, layers.Dense(1, name="size")(inputs))
    model.compile("sgd", "mse")
    weight = WEIGHTS["size"].tolist()
    wanted = model.evaluate(A, Y["size"], sample_weight=WEIGHTS["size"], verbose=0)
    assert model.evaluate(A, Y["size"], sample_weight=form(weight), verbose=0) == pytest.approx(wanted)
    assert model.test_on_batch(A, Y["size"], sample_weight=form(weight)) == pytest.approx(wanted)


def test_rows_of_weights_in_lists_are_those_of_an_array() -> None:
    model = models.Sequential([layers.Dense(2, input_shape=(3, 4))])
    model.compile("sgd", "mse")
    x, y, rows = RANDOM.random((5, 3, 4)), RANDOM.random((5, 3, 2)), RANDOM.random((5, 3))
    wanted = model.evaluate(x, y, sample_weight=rows, verbose=0)
    assert model.evaluate(x, y, sample_weight=rows.tolist(), verbose=0) == pytest.approx(wanted)
