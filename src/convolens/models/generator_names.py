"""The old names of fit, evaluate and predict on generators: they warn, and work."""

import warnings
from typing import Any

from convolens.callbacks import History
from convolens.models.fitting import Fitting


def _warn_old(old: str, new: str) -> None:
    warnings.warn(f"{old} is deprecated; {new} takes generators.", UserWarning, stacklevel=3)


class GeneratorNames(Fitting):
    """The part of `Model` that Keras 1 and 2 programs call."""

    def fit_generator(self, generator: Any, *arguments: Any, **keywords: Any) -> History:
        """Old name: `fit` takes generators."""
        _warn_old("fit_generator", "fit")
        for name, value in zip(
            ("steps_per_epoch", "epochs", "verbose", "callbacks"), arguments, strict=False
        ):
            keywords[name] = value
        return self.fit(generator, **keywords)

    def evaluate_generator(self, generator: Any, steps: int | None = None, **keywords: Any) -> Any:
        """Old name: `evaluate` takes generators."""
        _warn_old("evaluate_generator", "evaluate")
        return self.evaluate(generator, steps=steps, **keywords)

    def predict_generator(self, generator: Any, steps: int | None = None, **keywords: Any) -> Any:
        """Old name: `predict` takes generators."""
        _warn_old("predict_generator", "predict")
        return self.predict(generator, steps=steps, **keywords)
