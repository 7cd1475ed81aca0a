"""A policy of the whole program is what `compile` follows."""

import numpy as np
import pytest

from convolens import layers, mixed_precision, models, optimizers
from convolens.errors import UnknownNameError


@pytest.fixture(autouse=True)
def _float32_afterwards():
    yield
    mixed_precision.set_global_policy("float32")


def compiled(**options):
    model = models.Sequential([layers.Input((4,)), layers.Dense(2, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", **options)
    return model


@pytest.mark.parametrize(
    ("policy", "precision"),
    [("float32", "float32"), ("mixed_bfloat16", "bfloat16"), ("mixed_float16", "float16")],
)
def test_compile_follows_the_policy(policy, precision):
    mixed_precision.set_global_policy(mixed_precision.Policy(policy))
    assert mixed_precision.global_policy().name == policy
    assert compiled().precision.name == precision
    assert compiled(precision="float32").precision.name == "float32"
    assert mixed_precision.global_policy().variable_dtype == "float32"


def test_a_training_in_bfloat16_keeps_float32_weights():
    mixed_precision.experimental.set_policy("mixed_bfloat16")
    model = compiled()
    model.fit(np.ones((4, 4), "float32"), np.ones(4), verbose=0)
    assert {weight.dtype for weight in model.get_weights()} == {np.dtype("float32")}
    assert np.isfinite(model.predict(np.ones((4, 4), "float32"), verbose=0)).all()


def test_an_optimizer_that_scales_the_loss_is_itself():
    inner = optimizers.Adam()
    assert mixed_precision.LossScaleOptimizer(inner, dynamic=True) is inner


def test_another_policy_is_refused():
    with pytest.raises(
        UnknownNameError, match=r"unknown policy 'mixed_bfloat'.*Did you mean 'mixed_bfloat16'"
    ):
        mixed_precision.set_global_policy("mixed_bfloat")
