"""Keras' names for the picture of a network."""

from pathlib import Path

import pytest

from convolens import layers, models, utils
from convolens.errors import ArgumentError, ArgumentTypeError


@pytest.fixture
def model() -> models.Sequential:
    return models.Sequential([layers.Conv2D(2, 3, input_shape=(8, 8, 1), name="first"), layers.Flatten()])


def test_a_png_becomes_an_svg_and_a_line_says_so(
    model: models.Sequential, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = utils.plot_model(model, tmp_path / "net.png", show_shapes=True, expand_nested=True, dpi=64)
    assert str(tmp_path / "net.svg") in capsys.readouterr().out
    assert (tmp_path / "net.svg").read_text() == drawn
    assert not (tmp_path / "net.png").exists()
    assert ">6 x 6 x 2<" in drawn
    assert ">6 x 6 x 2<" not in utils.plot_model(model, tmp_path / "n.svg")
    assert capsys.readouterr().out == ""


def test_as_notebooks_ask_for_it(model: models.Sequential) -> None:
    drawn = utils.model_to_dot(model, show_shapes=True, rankdir="LR", subgraph=True)
    assert drawn.create(prog="dot", format="svg") == drawn.encode() == drawn._repr_svg_().encode()
    assert drawn != utils.model_to_dot(model)
    with pytest.raises(ArgumentError, match="format must be 'svg'"):
        drawn.create(format="png")
    with pytest.raises(ArgumentTypeError, match="unknown argument 'shapes'"):
        utils.model_to_dot(model, shapes=True)
