"""`tf.compat.v1`: what Keras programs of TensorFlow 1 set up before they begin; what has no meaning here does nothing, graphs do not run.

Names that are not here are those of `tf`.
"""

from types import SimpleNamespace, TracebackType
from typing import Any

from convolens.errors import NotHereError
from convolens.seeding import set_random_seed

__all__ = [
    "ConfigProto", "GPUOptions", "Graph", "InteractiveSession", "Session", "disable_eager_execution", "disable_v2_behavior",
    "enable_eager_execution", "enable_v2_behavior", "get_default_graph", "get_default_session", "global_variables_initializer",
    "reset_default_graph", "set_random_seed",
]  # fmt: skip


class ConfigProto(SimpleNamespace):
    """Settings of a session, kept and not looked at: torch takes memory as it is needed.

    Args:
        settings: any of TensorFlow's, `gpu_options` and `allow_soft_placement` for example.

    Example:
        >>> config = ConfigProto()
        >>> config.gpu_options.allow_growth = True
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"gpu_options": GPUOptions(), "graph_options": SimpleNamespace(), **settings})


class GPUOptions(SimpleNamespace):
    """Settings of GPUs, kept and not looked at.

    Args:
        settings: any of TensorFlow's.
    """

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{"allow_growth": True, **settings})


class Session:
    """What ran graphs in TensorFlow 1: made and closed here without effect, so that a program can set it up; it runs nothing.

    Args:
        target: accepted.
        graph: accepted.
        config: accepted.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        self.graph = graph

    def run(self, fetches: Any, feed_dict: Any = None) -> None:
        """Refuse to run a graph; initialising variables does nothing, they have their values.

        Args:
            fetches: None (of `global_variables_initializer`) or something of a graph.
            feed_dict: accepted.

        Raises:
            NotHereError: something was to be computed.
        """
        if fetches is not None:
            raise NotHereError(
                "tf.compat.v1.Session.run is not here: there are no graphs of TensorFlow 1; call the model or function itself, it "
                "gives values at once."
            )

    def as_default(self) -> "Session":
        """Return the session itself, for `with`."""
        return self

    def close(self) -> None:
        """Do nothing."""

    def __enter__(self) -> "Session":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


InteractiveSession = Session


class Graph:
    """A graph of TensorFlow 1: empty."""

    def as_default(self) -> Session:
        """Return something for `with` that does nothing."""
        return Session(graph=self)

    def finalize(self) -> None:
        """Do nothing."""


def get_default_graph() -> Graph:
    """Return an empty graph."""
    return Graph()


def get_default_session() -> Session:
    """Return a session that runs nothing."""
    return Session()


def reset_default_graph() -> None:
    """Do nothing: networks are let go of as other objects are."""


def global_variables_initializer() -> None:
    """Return None: variables have their values from the beginning."""


def disable_eager_execution() -> None:
    """Do nothing: everything runs eagerly here, and Keras programs give the same."""


disable_v2_behavior = enable_v2_behavior = enable_eager_execution = disable_eager_execution


def __getattr__(name: str) -> Any:
    import convolens.tensorflow

    return getattr(convolens.tensorflow, name)
