"""Half precision in Keras' words: a policy of the whole program, which `compile` follows where it is given no precision of its own.

Example:
    >>> from convolens import mixed_precision
    >>> mixed_precision.global_policy().compute_dtype
    'float32'
"""

from contextvars import ContextVar
from typing import Any

from convolens.arguments import look_up
from convolens.missing import answer_for

__all__ = [
    "DTypePolicy", "LossScaleOptimizer", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy",
    "set_policy",
]  # fmt: skip

_COMPUTED_IN = {"float32": "float32", "mixed_bfloat16": "bfloat16", "mixed_float16": "float16"}


class Policy:
    """What training steps are computed in; weights are float32 in each.

    Args:
        name: "float32", "mixed_bfloat16" or "mixed_float16".

    Raises:
        UnknownNameError: another policy.

    Example:
        >>> Policy("mixed_bfloat16").compute_dtype, Policy("mixed_bfloat16").variable_dtype
        ('bfloat16', 'float32')
    """

    variable_dtype = "float32"

    def __init__(self, name: str) -> None:
        self.compute_dtype = look_up("mixed_precision", "policy", str(name), _COMPUTED_IN)
        self.name = str(name)


DTypePolicy = Policy

_POLICY: ContextVar[str] = ContextVar("policy", default="float32")


def set_global_policy(policy: str | Policy) -> None:
    """Let `compile` take half precision, or float32, from now on; "mixed_float16" scales the loss by itself.

    Args:
        policy: a policy or its name.

    Raises:
        UnknownNameError: another policy.
    """
    _POLICY.set((policy if isinstance(policy, Policy) else Policy(policy)).name)


def global_policy() -> Policy:
    """Return the policy that `compile` follows."""
    return Policy(_POLICY.get())


set_policy = set_dtype_policy = set_global_policy
dtype_policy = global_policy


def LossScaleOptimizer(inner_optimizer: Any, *arguments: Any, **options: Any) -> Any:
    """Return an optimizer as it is: where a policy is "mixed_float16", `fit` scales the loss by itself.

    Args:
        inner_optimizer: the optimizer.
        arguments: accepted.
        options: accepted.
    """
    return inner_optimizer


__getattr__ = answer_for(__name__)  # what Keras has and is not here
