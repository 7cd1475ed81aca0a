"""Recipes: named sets of training settings, each a plain dict; every flag overrides its entry."""

from typing import Any

# learning_rate is the peak of a one-cycle schedule, and the rate itself of a constant one. Epochs are passes over
# the training photos. Augmentation in the words of `convolens.augmentation.Augmentation`.
RECIPES: dict[str, dict[str, Any]] = {
    "fast": {
        "summary": "AdamW, one-cycle learning rate, light augmentation",
        "optimizer": "adamw",
        "schedule": "one-cycle",
        "learning_rate": 2e-3,
        "batch_size": 64,
        "epochs": 20,
        "augmentation": {
            "rotation_range": 10.0,
            "width_shift_range": 0.1,
            "height_shift_range": 0.1,
            "zoom_range": 0.1,
            "horizontal_flip": True,
        },
    },
    "finetune": {
        "summary": "AdamW at a low one-cycle rate, light augmentation: for a network that begins with learnt weights",
        "optimizer": "adamw",
        "schedule": "one-cycle",
        "learning_rate": 1e-3,
        "batch_size": 32,
        "epochs": 20,
        "augmentation": {
            "rotation_range": 10.0,
            "width_shift_range": 0.1,
            "height_shift_range": 0.1,
            "zoom_range": 0.1,
            "horizontal_flip": True,
        },
    },
    "transfer": {
        "summary": "AdamW, one-cycle learning rate, turns, shifts, zooms and changes of light: from a learnt network's first answer on",
        "optimizer": "adamw",
        "schedule": "one-cycle",
        "learning_rate": 3e-3,
        "batch_size": 16,
        "epochs": 20,
        "augmentation": {
            "rotation_range": 30.0,
            "width_shift_range": 0.15,
            "height_shift_range": 0.15,
            "shear_range": 20.0,
            "zoom_range": 0.3,
            "brightness_range": (0.65, 1.35),
        },
    },
    "lecture": {
        "summary": "the lecture's: SGD, constant learning rate, no augmentation",
        "optimizer": "sgd",
        "schedule": "constant",
        "learning_rate": 0.01,
        "batch_size": 16,
        "epochs": 25,
        "augmentation": {},
    },
}
