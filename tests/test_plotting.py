"""plot_model in Keras' words writes a picture without Graphviz."""

from pathlib import Path

import pytest

from convolens import layers, models, utils


def test_a_picture_is_an_svg_beside_the_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = models.Sequential([layers.Dense(2, input_shape=(4,), name="only")])
    utils.plot_model(model, to_file=tmp_path / "model.png", show_shapes=True, expand_nested=True)
    text = (tmp_path / "model.svg").read_text()
    assert "only" in text
    assert "model.svg, an SVG" in capsys.readouterr().out
    with pytest.raises(TypeError, match="unknown argument 'dots'"):
        utils.plot_model(model, dots=1)
