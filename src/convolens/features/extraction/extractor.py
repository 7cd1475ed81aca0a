"""FeatureExtractor: `extract` as a transformer of scikit-learn, for a Pipeline or a GridSearchCV."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from convolens.arguments import one_of
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.errors import ArgumentError
from convolens.features.extraction.extract import extract

_ROWS = ("avg", "max", "flatten")  # what gives one row a sample


class FeatureExtractor(TransformerMixin, BaseEstimator):
    """Turns images into the activations of a layer; nothing is learnt, so the network is shared by all clones.

    Args:
        model: a `Model` or a torch module.
        layer: as in `extract`; of several layers, the columns stand side by side.
        pool: "avg", "max" or "flatten".
        preprocessing: from uint8 images to the network's input; None takes the arrays as they are.
        batch_size: samples at once.
        cache: keep what was computed in the user's cache: the folds and candidates of a search ask for the same again.

    Attributes:
        n_features_in_: numbers in a sample. n_features_out_: columns.

    Example:
        >>> import torch
        >>> from sklearn.linear_model import LogisticRegression
        >>> from sklearn.pipeline import make_pipeline
        >>> images, labels = np.random.default_rng(0).normal(size=(20, 4, 4, 3)), np.arange(20) % 2
        >>> network = torch.nn.Conv2d(3, 5, 3)
        >>> pipeline = make_pipeline(FeatureExtractor(network, cache=False), LogisticRegression())
        >>> pipeline.fit(images, labels).predict(images).shape
        (20,)
    """

    def __init__(
        self,
        model: Any = None,
        layer: Any = None,
        *,
        pool: str = "avg",
        preprocessing: Preprocessing | None = None,
        batch_size: int = 64,
        cache: bool = True,
    ) -> None:
        self.model = model
        self.layer = layer
        self.pool = pool
        self.preprocessing = preprocessing
        self.batch_size = batch_size
        self.cache = cache

    def __sklearn_clone__(self) -> "FeatureExtractor":
        return type(self)(**self.get_params(deep=False))

    def fit(self, X: Any, y: Any = None) -> "FeatureExtractor":
        """Look at what the network makes of the first sample; nothing is learnt.

        Args:
            X: (n, rows, columns, channels), or (n, features) for a network that takes such.
            y: not used.

        Raises:
            ArgumentError: no model, or a pooling that gives no rows. Others: those of `extract`.
        """
        if self.model is None:
            raise ArgumentError(
                "FeatureExtractor: model is missing; give a convolens Model or a torch module."
            )
        one_of("FeatureExtractor", "pool", self.pool, _ROWS)
        X = self._checked(X, reset=True)
        self.n_features_out_ = self._columns(X[:1], cache=False).shape[1]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the features, float32 (n, n_features_out_).

        Raises:
            ArgumentError, ShapeError: those of `extract`.
        """
        check_is_fitted(self)
        return self._columns(self._checked(X, reset=False), self.cache)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return a name for each column."""
        check_is_fitted(self)
        return np.array([f"featureextractor{i}" for i in range(self.n_features_out_)], dtype=object)

    def _checked(self, X: Any, reset: bool) -> np.ndarray:
        kinds = [np.float32, np.float64, np.uint8]
        if len(getattr(X, "shape", None) or np.asarray(X).shape) <= 2:
            return validate_data(self, X, reset=reset, dtype=kinds)
        images = check_array(X, dtype=kinds, allow_nd=True)
        numbers = int(np.prod(images.shape[1:]))
        if reset:
            self.n_features_in_ = numbers
        elif numbers != self.n_features_in_:
            raise ArgumentError(
                f"FeatureExtractor: was fitted to samples of {self.n_features_in_} numbers; received images of shape "
                f"{images.shape[1:]}, which are {numbers}."
            )
        return images

    def _columns(self, X: np.ndarray, cache: bool) -> np.ndarray:
        found = extract(
            self.model, X, self.layer, pool=self.pool, preprocessing=self.preprocessing, batch_size=self.batch_size,
            cache=cache,
        )  # fmt: skip
        rows = [np.asarray(values).reshape(len(found), -1) for values in found.by_layer.values()]
        return np.array(rows[0]) if len(rows) == 1 else np.concatenate(rows, axis=1)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.input_tags.three_d_array = True
        return tags
