"""KerasClassifier and KerasRegressor: a function that builds a model as an estimator of scikit-learn, as in Keras 1 and 2."""

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from convolens.arguments import did_you_mean
from convolens.callbacks import History
from convolens.errors import ArgumentError, NotBuiltError, ShapeError
from convolens.losses import CategoricalCrossentropy, categorical_crossentropy
from convolens.missing import answer_for
from convolens.models import Model
from convolens.utils import to_categorical

__all__ = ["BaseWrapper", "KerasClassifier", "KerasRegressor"]

_METHODS: tuple[Callable[..., Any], ...] = (Model.fit, Model.predict, Model.evaluate)


class BaseWrapper:
    """What both estimators do: build the model, give each method the parameters that it takes, and be cloned by scikit-learn.

    Args:
        build_fn: gives a compiled model; a function, an object with `__call__`, or None where the class itself has `__call__`.
        sk_params: parameters of `build_fn` and of `fit`, `predict` and `evaluate` (`epochs`, `batch_size` ...).

    Raises:
        ArgumentError: a parameter that none of them takes; the nearest is offered.
    """

    model: Any = None

    def __init__(self, build_fn: Any = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params
        self.check_params(sk_params)

    def _builder(self) -> Callable[..., Any]:
        if self.build_fn is None:
            return type(self).__call__.__get__(self)
        if not callable(self.build_fn):
            raise ArgumentError(
                f"{type(self).__name__}: build_fn must be a function that returns a compiled model; received {self.build_fn!r:.60}."
            )
        builder: Callable[..., Any] = self.build_fn
        return builder

    def check_params(self, params: Mapping[str, Any]) -> None:
        """Raise an `ArgumentError` for a parameter that neither `build_fn` nor the model's methods take.

        Args:
            params: name -> value.
        """
        if self.build_fn is None and not callable(self):
            raise ArgumentError(
                f"{type(self).__name__}: give build_fn=, a function that returns a compiled model."
            )
        names: set[str] = {"nb_epoch"}
        for function in (self._builder(), *_METHODS):
            names |= _arguments(function) - {"self"}
            if function not in _METHODS and _takes_any(function):
                return
        for name in params:
            if name not in names:
                raise ArgumentError(
                    f"{type(self).__name__}: {name} is not a legal parameter: neither build_fn nor fit, predict and evaluate "
                    f"take it.{did_you_mean(name, sorted(names))}"
                )

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters, `build_fn` among them.

        Args:
            deep: accepted, as in scikit-learn.
        """
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> "BaseWrapper":
        """Set parameters, and return the estimator.

        Args:
            params: name -> value.

        Raises:
            ArgumentError: a parameter that is not known.
        """
        if "build_fn" in params:
            self.build_fn = params.pop("build_fn")
        self.check_params(params)
        self.sk_params.update(params)
        return self

    def filter_sk_params(
        self, fn: Callable[..., Any], override: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return those of the parameters that a function takes.

        Args:
            fn: the function.
            override: others, which come before them.
        """
        names = _arguments(fn)
        every = _takes_any(fn) and fn not in _METHODS
        kept = {name: value for name, value in self.sk_params.items() if name in names or every}
        return {**kept, **(override or {})}

    def fit(self, x: Any, y: Any, **kwargs: Any) -> History:
        """Build a new model, train it, and return the history.

        Args:
            x: samples.
            y: labels.
            kwargs: of `Model.fit`; they come before the parameters.
        """
        builder = self._builder()
        given = self.filter_sk_params(builder)
        if _takes_any(builder):  # it takes all; those of the model's methods are not for it
            named = set().union(*map(_arguments, _METHODS)) - _arguments(builder)
            given = {name: value for name, value in given.items() if name not in named}
        self.model = builder(**given)
        if not isinstance(self.model, Model):
            raise ArgumentError(
                f"{type(self).__name__}: build_fn must return a compiled model; it returned {self.model!r:.60}."
            )
        if _is_categorical(self.model.loss) and np.ndim(y) != 2:
            y = to_categorical(y)
        given = copy.copy(self.filter_sk_params(Model.fit, kwargs))
        if "nb_epoch" in self.sk_params:
            given.setdefault("epochs", self.sk_params["nb_epoch"])
        history: History = self.model.fit(x, y, **given)
        return history

    def _fitted(self, what: str) -> Any:
        if self.model is None:
            raise NotBuiltError(f"{type(self).__name__}.{what}: call fit first.")
        return self.model

    def __sklearn_is_fitted__(self) -> bool:
        return self.model is not None


class KerasClassifier(BaseWrapper):
    """A classifier of scikit-learn, as `keras.wrappers.scikit_learn.KerasClassifier`: for `GridSearchCV`, `cross_val_score`, pipelines.

    Args:
        build_fn: gives a compiled model, whose metrics hold "accuracy"; a function, an object with `__call__`, or None where the
            class itself has `__call__`.
        sk_params: parameters of `build_fn` and of `fit`, `predict` and `evaluate` (`epochs`, `batch_size` ...).

    Raises:
        ArgumentError: a parameter that none of them takes; the nearest is offered.

    Example:
        >>> from convolens.layers import Dense
        >>> from convolens.models import Sequential
        >>> def build(units=4):
        ...     model = Sequential([Dense(units, activation="relu", input_shape=(2,)), Dense(1, activation="sigmoid")])
        ...     model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
        ...     return model
        >>> classifier = KerasClassifier(build, epochs=1, verbose=0)
        >>> _ = classifier.fit(np.eye(2), ["cat", "dog"])
        >>> classifier.predict(np.eye(2)).shape, classifier.classes_.tolist()
        ((2, 1), ['cat', 'dog'])
    """

    _estimator_type = "classifier"

    def fit(self, x: Any, y: Any, sample_weight: Any = None, **kwargs: Any) -> History:
        """Build a new model, train it, and return the history.

        Args:
            x: samples.
            y: (n,) classes of any kind, or (n, classes) one-hot.
            sample_weight: one weight a sample.
            kwargs: of `Model.fit`; they come before the parameters.

        Raises:
            ShapeError: y of another shape.
        """
        y = np.array(y)
        if y.ndim == 2 and y.shape[1] > 1:
            self.classes_ = np.arange(y.shape[1])
        elif y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
            self.classes_ = np.unique(y)
            y = np.searchsorted(self.classes_, y)
        else:
            raise ShapeError(
                f"{type(self).__name__}.fit: y must be (n,) classes or (n, classes) one-hot; received shape {y.shape}."
            )
        self.n_classes_ = len(self.classes_)
        if sample_weight is not None:
            kwargs["sample_weight"] = sample_weight
        return super().fit(x, y, **kwargs)

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """Return the classes (n,), as y had them; (n, 1) of a model with one unit, as in Keras.

        Args:
            x: samples.
            kwargs: of `Model.predict`.
        """
        given = self._fitted("predict").predict(x, **self.filter_sk_params(Model.predict, kwargs))
        scores = np.asarray(given)
        places = scores.argmax(-1) if scores.shape[-1] > 1 else (scores > 0.5).astype("int32")
        found: np.ndarray = self.classes_[places]
        return found

    def predict_proba(self, x: Any, **kwargs: Any) -> np.ndarray:
        """Return the probabilities (n, classes); of one unit that of the first class too.

        Args:
            x: samples.
            kwargs: of `Model.predict`.
        """
        given = self._fitted("predict_proba").predict(x, **self.filter_sk_params(Model.predict, kwargs))
        scores = np.asarray(given)
        return np.hstack([1 - scores, scores]) if scores.shape[1] == 1 else scores

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Return the mean accuracy.

        Args:
            x, y: as of `fit`.
            kwargs: of `Model.evaluate`.

        Raises:
            ArgumentError: the model was compiled without metrics=["accuracy"].
        """
        model = self._fitted("score")
        y = np.searchsorted(self.classes_, y)
        if _is_categorical(model.loss) and y.ndim != 2:
            y = to_categorical(y, self.n_classes_)
        told = model.evaluate(x, y, return_dict=True, **self.filter_sk_params(Model.evaluate, kwargs))
        for name in ("accuracy", "acc"):
            if name in told:
                return float(told[name])
        raise ArgumentError(
            f'{type(self).__name__}.score: the model is not configured to compute accuracy; compile it with metrics=["accuracy"].'
        )

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            "classifier",
            TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(three_d_array=True),
        )


class KerasRegressor(BaseWrapper):
    """A regressor of scikit-learn, as `keras.wrappers.scikit_learn.KerasRegressor`.

    Args:
        build_fn: gives a compiled model; a function, an object with `__call__`, or None where the class itself has `__call__`.
        sk_params: parameters of `build_fn` and of `fit`, `predict` and `evaluate` (`epochs`, `batch_size` ...).

    Raises:
        ArgumentError: a parameter that none of them takes; the nearest is offered.

    Example:
        >>> from convolens.layers import Dense
        >>> from convolens.models import Sequential
        >>> def build():
        ...     model = Sequential([Dense(1, input_shape=(2,))])
        ...     model.compile("adam", "mse")
        ...     return model
        >>> regressor = KerasRegressor(build, epochs=1, verbose=0)
        >>> _ = regressor.fit(np.eye(2), [0.0, 1.0])
        >>> regressor.predict(np.eye(2)).shape
        (2,)
    """

    _estimator_type = "regressor"

    def predict(self, x: Any, **kwargs: Any) -> np.ndarray:
        """Return the predictions (n,).

        Args:
            x: samples.
            kwargs: of `Model.predict`.
        """
        given = self._fitted("predict").predict(x, **self.filter_sk_params(Model.predict, kwargs))
        return np.squeeze(np.asarray(given), axis=-1) if np.shape(given)[-1] == 1 else np.asarray(given)

    def score(self, x: Any, y: Any, **kwargs: Any) -> float:
        """Return the loss with its sign turned, so that more is better, as in Keras.

        Args:
            x, y: as of `fit`.
            kwargs: of `Model.evaluate`.
        """
        given = self.filter_sk_params(Model.evaluate, kwargs)
        return -float(self._fitted("score").evaluate(x, y, return_dict=True, **given)["loss"])

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, RegressorTags, Tags, TargetTags

        return Tags(
            "regressor",
            TargetTags(required=True),
            regressor_tags=RegressorTags(),
            input_tags=InputTags(three_d_array=True),
        )


def _arguments(function: Callable[..., Any]) -> set[str]:
    return {
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def _takes_any(function: Callable[..., Any]) -> bool:
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(function).parameters.values())


def _is_categorical(loss: Any) -> bool:
    """Return whether a loss wants one-hot labels."""
    named = (
        loss in ("categorical_crossentropy",) if isinstance(loss, str) else loss is categorical_crossentropy
    )
    return named or isinstance(loss, CategoricalCrossentropy)


__getattr__ = answer_for(__name__)  # what Keras has and is not here
