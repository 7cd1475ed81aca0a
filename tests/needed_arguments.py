"""What must be given to make the metrics that take something."""

from typing import Any

NEEDED: dict[str, dict[str, Any]] = {
    "IoU": {"num_classes": 6, "target_class_ids": [0]},
    "OneHotIoU": {"num_classes": 6, "target_class_ids": [0]},
    "MeanIoU": {"num_classes": 6},
    "OneHotMeanIoU": {"num_classes": 6},
    "PrecisionAtRecall": {"recall": 0.5},
    "RecallAtPrecision": {"precision": 0.5},
    "SensitivityAtSpecificity": {"specificity": 0.5},
    "SpecificityAtSensitivity": {"sensitivity": 0.5},
}
