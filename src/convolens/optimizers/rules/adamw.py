"""AdamW: Adam with weight decay decoupled from the gradient, on by default."""

from typing import Any

from convolens.errors import ArgumentError
from convolens.optimizers.rules.adam import Adam


class AdamW(Adam):
    """Adam that also shrinks each weight by `learning_rate * weight_decay` of itself per step.

    Args:
        learning_rate: step size, >= 0, or a schedule.
        weight_decay: >= 0; 0.004 as in Keras (torch's default is 0.01).
        beta_1, beta_2, epsilon, amsgrad: see `Adam`.
        clipnorm, clipvalue, global_clipnorm, name, options: see `Optimizer`.

    Raises:
        ArgumentError: a value out of range, or `weight_decay=None`.
        ArgumentTypeError: an unknown keyword.

    Example:
        >>> AdamW().weight_decay
        0.004

    Source: Keras 3 `keras.optimizers.AdamW`; Loshchilov & Hutter, arXiv:1711.05101.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float = 0.004,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        name: str | None = None,
        **options: Any,
    ) -> None:
        if weight_decay is None:
            raise ArgumentError(
                "AdamW: weight_decay must be a number in [0, inf); received None. "
                "Use Adam for no weight decay."
            )
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            weight_decay,
            clipnorm,
            clipvalue,
            global_clipnorm,
            name,
            **options,
        )
