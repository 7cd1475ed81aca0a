"""KerasClassifier and KerasRegressor as scikit-learn's estimators, and as Keras 2's words have them."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.model_selection import GridSearchCV, StratifiedKFold, cross_val_predict, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from convolens.errors import ArgumentError, NotBuiltError, ShapeError
from convolens.initializers import RandomNormal
from convolens.layers import Conv2D, Dense, Flatten
from convolens.models import Sequential
from convolens.programs.running import keras_names
from convolens.wrappers.scikit_learn import KerasClassifier, KerasRegressor

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 4)).astype("float32")
SIDES = (X[:, 0] > 0).astype(int)
THIRDS = np.array(["low", "mid", "top"])[np.digitize(X[:, 0], [-0.5, 0.5])]


def dense(
    units: int = 1, activation: str = "sigmoid", loss: str = "binary_crossentropy", rate: float = 0.1
) -> Any:
    draw = RandomNormal(stddev=0.1, seed=1)
    model = Sequential([Dense(units, activation=activation, kernel_initializer=draw, input_shape=(4,))])
    from convolens.optimizers import Adam

    model.compile(Adam(rate), loss, metrics=["accuracy"])
    return model


def line(rate: float = 0.1) -> Any:
    return dense(1, "linear", "mse", rate)


@pytest.mark.parametrize(
    ("options", "y"),
    [
        ({}, SIDES),
        ({}, np.where(SIDES, "yes", "no")),
        ({"units": 3, "activation": "softmax", "loss": "sparse_categorical_crossentropy"}, THIRDS),
        ({"units": 3, "activation": "softmax", "loss": "categorical_crossentropy"}, THIRDS),
        ({"units": 2, "activation": "softmax", "loss": "categorical_crossentropy"}, SIDES),
    ],
)
def test_classes_come_back_as_they_were(options: Any, y: np.ndarray) -> None:
    classifier = KerasClassifier(dense, epochs=20, batch_size=10, verbose=0, **options)
    history = classifier.fit(X, y)
    assert len(history.history["loss"]) == 20
    assert classifier.classes_.tolist() == sorted(set(y.tolist()))
    given = classifier.predict(X).ravel()
    assert set(given.tolist()) <= set(y.tolist())
    assert classifier.score(X, y) == pytest.approx((given == y).mean(), abs=1e-6)
    assert classifier.score(X, y) > 0.8
    chances = classifier.predict_proba(X)
    assert chances.shape == (60, classifier.n_classes_)
    np.testing.assert_allclose(chances.sum(1), 1, atol=1e-5)
    assert (classifier.classes_[chances.argmax(1)] == given).all()


def test_one_hot_labels() -> None:
    options: Any = {"units": 2, "activation": "softmax", "loss": "categorical_crossentropy"}
    classifier = KerasClassifier(dense, epochs=5, verbose=0, **options)
    classifier.fit(X, np.eye(2)[SIDES])
    assert classifier.classes_.tolist() == [0, 1]
    assert set(classifier.predict(X)) <= {0, 1}


def test_scikit_learns_searches() -> None:
    classifier = KerasClassifier(build_fn=dense, epochs=5, verbose=0)
    assert is_classifier(classifier)
    folds = StratifiedKFold(3)
    scores = cross_val_score(classifier, X, SIDES, cv=folds)
    assert scores.shape == (3,)
    assert scores.mean() > 0.6
    search = GridSearchCV(classifier, {"rate": [1e-5, 0.2], "epochs": [4]}, cv=folds).fit(X, SIDES)
    assert search.best_params_ == {"rate": 0.2, "epochs": 4}
    assert search.best_estimator_.model.optimizer.learning_rate == pytest.approx(0.2)
    pipeline = make_pipeline(StandardScaler(), KerasClassifier(dense, epochs=3, verbose=0))
    assert cross_val_predict(pipeline, X, SIDES, cv=folds).size == 60


def test_a_regressor() -> None:
    regressor = KerasRegressor(line, epochs=30, batch_size=20, verbose=0)
    assert is_regressor(regressor)
    y = 2 * X[:, 1] - 1
    regressor.fit(X, y)
    given = regressor.predict(X)
    assert given.shape == (60,)
    assert regressor.predict(X[:1]).shape == (1,)
    assert regressor.score(X, y) == pytest.approx(-((given - y) ** 2).mean(), rel=1e-4)
    assert cross_val_score(regressor, X, y, cv=3).shape == (3,)
    assert GridSearchCV(regressor, {"rate": [0.1, 1e-6]}, cv=3).fit(X, y).best_params_ == {"rate": 0.1}


def test_photos() -> None:
    def build(filters: int = 2) -> Any:
        model = Sequential(
            [Conv2D(filters, 3, input_shape=(6, 6, 1)), Flatten(), Dense(1, activation="sigmoid")]
        )
        model.compile("adam", "binary_crossentropy", metrics=["acc"])
        return model

    photos = RANDOM.random((12, 6, 6, 1), np.float32)
    classifier = KerasClassifier(build, filters=3, nb_epoch=2, verbose=0)
    scores = cross_val_score(classifier, photos, np.arange(12) % 2, cv=2)
    assert scores.shape == (2,)
    assert len(classifier.fit(photos, np.arange(12) % 2).epoch) == 2


def test_parameters() -> None:
    classifier = KerasClassifier(dense, epochs=3, rate=0.5)
    assert classifier.get_params() == {"build_fn": dense, "epochs": 3, "rate": 0.5}
    assert classifier.set_params(epochs=4) is classifier
    copy = clone(classifier)
    assert copy.get_params() == classifier.get_params()
    with pytest.raises(NotBuiltError, match=r"KerasClassifier.predict: call fit first"):
        copy.predict(X)
    with pytest.raises(Exception, match="not fitted"):
        check_is_fitted(copy)
    assert classifier.filter_sk_params(dense) == {"rate": 0.5}
    assert classifier.filter_sk_params(Sequential.fit, {"epochs": 9}) == {"epochs": 9}


class Built(KerasClassifier):
    def __call__(self, rate: float = 0.1) -> Any:
        return dense(rate=rate)


def test_a_class_that_builds_itself_and_weights_of_samples() -> None:
    classifier = Built(rate=0.3, epochs=2, verbose=0)
    classifier.fit(X, SIDES, sample_weight=np.ones(60))
    assert classifier.model.optimizer.learning_rate == pytest.approx(0.3)
    anything = KerasClassifier(lambda **given: dense(**given), rate=0.2, epochs=1, verbose=0)
    anything.fit(X, SIDES)
    assert anything.model.optimizer.learning_rate == pytest.approx(0.2)


def test_bad_input() -> None:
    with pytest.raises(ArgumentError, match=r"epoks is not a legal parameter.* Did you mean 'epochs'\?"):
        KerasClassifier(dense, epoks=3)
    with pytest.raises(ArgumentError, match="give build_fn="):
        KerasRegressor()
    with pytest.raises(
        ArgumentError, match="build_fn must be a function that returns a compiled model; received 3"
    ):
        KerasRegressor(3)
    with pytest.raises(ArgumentError, match="must return a compiled model; it returned None"):
        KerasClassifier(lambda: None).fit(X, SIDES)
    with pytest.raises(ShapeError, match=r"classes\) one-hot; received shape \(2, 2, 2\)"):
        KerasClassifier(dense).fit(X, np.zeros((2, 2, 2)))

    def without_accuracy() -> Any:
        model = dense()
        model.compile("sgd", "binary_crossentropy")
        return model

    classifier = KerasClassifier(without_accuracy, verbose=0)
    classifier.fit(X, SIDES)
    with pytest.raises(ArgumentError, match="not configured to compute accuracy; compile it with metrics="):
        classifier.score(X, SIDES)


def test_under_keras_names() -> None:
    with keras_names():
        import keras.wrappers.scikit_learn as old
        from tensorflow.keras.wrappers.scikit_learn import KerasRegressor as new  # type: ignore[import-not-found]

        assert old.KerasClassifier is KerasClassifier
        assert new is KerasRegressor
