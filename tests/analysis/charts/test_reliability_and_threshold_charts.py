"""The pictures of calibration and of thresholds show the numbers they were given."""

import numpy as np
import pytest
from PIL import Image

from convolens.analysis import measures, plot_precision_recall, plot_reliability, plot_roc
from convolens.errors import ArgumentError


def some(classes: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, classes, 200)
    chances = rng.dirichlet(np.ones(classes), 200) + 0.6 * np.eye(classes)[labels]
    return chances / chances.sum(axis=1, keepdims=True), labels


def test_reliability(tmp_path):
    chances, labels = some(3)
    tempered = measures.temper(chances, 0.5)
    found = {
        "own": measures.reliability(chances, labels),
        "calibrated": measures.reliability(tempered, labels),
    }
    figure = plot_reliability(found, tmp_path / "new" / "r.png")
    above, below = figure.axes
    _, own, _ = above.get_lines()
    filled = found["own"].counts > 0
    assert own.get_xdata() == pytest.approx(found["own"].confidence[filled])
    assert own.get_ydata() == pytest.approx(found["own"].accuracy[filled])
    assert sum(bar.get_height() for bar in below.patches) == 400
    assert Image.open(tmp_path / "new" / "r.png").size[0] > 300
    with pytest.raises(ArgumentError, match="give one to 4; received 0"):
        plot_reliability({})


@pytest.mark.parametrize("draw", [plot_roc, plot_precision_recall])
def test_threshold_curves(tmp_path, draw):
    curves = measures.threshold_curves(*some(12), [f"${i}_{{" for i in range(12)])
    figure = draw(curves, tmp_path / "c.png")
    labels = figure.axes[0].get_legend_handles_labels()[1]
    assert len(labels) == 10, "the ten worst"
    areas = sorted(c.roc_area if draw is plot_roc else c.average_precision for c in curves)[:10]
    assert [float(label.rsplit(maxsplit=1)[1]) for label in labels] == pytest.approx(areas, abs=6e-4)
    assert Image.open(tmp_path / "c.png").size[0] > 300
    with pytest.raises(ArgumentError, match="nothing to draw"):
        draw([])
