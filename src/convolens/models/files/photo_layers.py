"""Keras' layers that change photos or add noise: which leave a prediction as it is, and what to do about the others."""

from collections.abc import Mapping
from typing import Any

from convolens.errors import UnknownNameError

# In training they draw at random; in a prediction each gives what it is given.
_IN_TRAINING_ONLY = {
    **dict.fromkeys(
        (
            "AugMix", "CutMix", "MixUp", "RandAugment", "RandomColorDegeneration", "RandomColorJitter",
            "RandomElasticTransform", "RandomGaussianBlur", "RandomGrayscale",
            "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
            "RandomSaturation", "RandomSharpness", "RandomShear",
        ),
        "augmentation, which ImageDataGenerator does here",
    ),
}  # fmt: skip

_IN_PREDICTIONS_TOO = {
    "AutoContrast": "stretches the contrast of each photo",
    "ContrastLimitedAdaptiveHistogramEqualization": "equalizes the histogram of parts of each photo",
    "Equalization": "equalizes the histogram of each photo",
    "MaxNumBoundingBoxes": "counts boxes",
    "Solarization": "turns bright values around",
}


def without_augmentation(
    where: str, name: str, config: Mapping[str, Any], left_out: list[str]
) -> tuple[str, dict[str, Any]] | None:
    """Return class and config of a layer that passes its input on, in the place of one that works in training alone.

    Args:
        where: names the layer.
        name: its class.
        config: in the words of any Keras.
        left_out: takes what it would do in training.

    Returns:
        None where the layer is no such one.

    Raises:
        UnknownNameError: it changes photos in predictions too, and is not here.
    """
    if name in _IN_PREDICTIONS_TOO:
        raise UnknownNameError(
            f"model description: {where} {_IN_PREDICTIONS_TOO[name]}; there is no such layer here. Save the model without it, "
            "and do that to the photos before the model sees them."
        )
    if name not in _IN_TRAINING_ONLY:
        return None
    left_out.append(f"{where} ({_IN_TRAINING_ONLY[name]})")
    kept = ("name", "trainable", "batch_input_shape", "batch_shape")
    return "Activation", {"activation": "linear", **{key: config[key] for key in kept if key in config}}
