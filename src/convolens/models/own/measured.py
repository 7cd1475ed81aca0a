"""Measured: what a model's metrics say together, for a `train_step` of the user's own and loops of `train_on_batch`."""

from typing import Any


class Measured:
    """The part of `Model` that asks its metrics as one."""

    metrics: Any  # a property of the model
    compiled_metrics: Any

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Let the compiled metrics take in a batch and return name -> value of all metrics.

        Args:
            x: the samples; not used, as in Keras.
            y, y_pred: labels and predictions in Keras' order.
            sample_weight: one weight a sample, for the weighted metrics; or None.
        """
        self.compiled_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return name -> value of all metrics; a metric that gives a dict gives its own names."""
        found: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            found |= value if isinstance(value, dict) else {metric.name: value}
        return found

    def reset_metrics(self) -> None:
        """Let all metrics begin anew."""
        for metric in self.metrics:
            metric.reset_state()
