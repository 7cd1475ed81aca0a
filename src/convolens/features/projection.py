"""Features in two dimensions: principal components, t-SNE, and UMAP where it is installed."""

import importlib.util
import warnings
from collections.abc import Callable

import numpy as np

from convolens.arguments import look_up
from convolens.errors import ExtraMissingError, ShapeError

_FIRST = 50  # dimensions that t-SNE and UMAP are given, as van der Maaten & Hinton do (2008)
_PERPLEXITY = 30.0
_NEIGHBOURS = 15


def project(x: np.ndarray, method: str = "pca", seed: int = 0) -> np.ndarray:
    """Return samples as points of a plane, float64 (n, 2).

    Features are standardised first; those that never change count for nothing.

    Args:
        x: features (n, d), at least 3 samples.
        method: "pca" (the two directions of most variance: distances are true to them), "tsne" or "umap" (who is near whom
            stays so, distances between clusters tell little).
        seed: of t-SNE and UMAP; the same gives the same points.

    Raises:
        UnknownNameError: another method. ShapeError: not a table, or too few samples.
        ExtraMissingError: UMAP is not installed.

    Example:
        >>> project(np.diag([3.0, 2.0, 1.0])).shape
        (3, 2)
    """
    check_method("project", method)
    if x.ndim != 2 or len(x) < 3:
        raise ShapeError(f"project: features must be (n, d) of at least 3 samples; received {x.shape}.")
    values = np.asarray(x, np.float64)
    spread = values.std(0)
    values = (values - values.mean(0)) / np.where(spread > 0, spread, 1.0)
    return np.asarray(METHODS[method](values, seed), np.float64)


def check_method(where: str, method: str) -> None:
    """Raise unless the method is known and what it needs is installed.

    Example:
        >>> check_method("map", "tsne")
    """
    look_up(where, "method", method, METHODS)
    if method == "umap" and importlib.util.find_spec("umap") is None:
        raise ExtraMissingError(
            f"{where}: umap needs the package umap-learn; install it with pip install 'convolens[umap]', or take pca or tsne."
        )


def _pca(x: np.ndarray, seed: int, dimensions: int = 2) -> np.ndarray:
    from sklearn.decomposition import PCA

    most = min(dimensions, *x.shape)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "invalid value encountered", RuntimeWarning
        )  # all samples are the same
        found = PCA(
            most, svd_solver="randomized" if min(x.shape) > 500 else "full", random_state=seed
        ).fit_transform(x)
    return np.pad(found, ((0, 0), (0, max(0, 2 - most))))


def _tsne(x: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    perplexity = min(_PERPLEXITY, (len(x) - 1) / 3)
    start = _pca(x, seed)
    scale = start[:, 0].std()
    start = start / scale * 1e-4 if scale > 0 else np.random.default_rng(seed).normal(0, 1e-4, (len(x), 2))
    return TSNE(
        perplexity=perplexity, init=start.astype(np.float32), learning_rate="auto", random_state=seed
    ).fit_transform(_pca(x, seed, _FIRST).astype(np.float32))


def _umap(x: np.ndarray, seed: int) -> np.ndarray:
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own arguments: a seed allows one thread only
        return umap.UMAP(n_neighbors=min(_NEIGHBOURS, len(x) - 1), random_state=seed).fit_transform(
            _pca(x, seed, _FIRST)
        )


METHODS: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {"pca": _pca, "tsne": _tsne, "umap": _umap}
TITLES = {"pca": "principal components", "tsne": "t-SNE", "umap": "UMAP"}
