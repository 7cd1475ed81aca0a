"""Drawings are SVG that any reader takes, with every layer, edge and shape in it."""

import re
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from convolens import layers, models
from convolens.analysis import plot_model
from convolens.applications import APPLICATIONS
from convolens.errors import ArgumentError, ArgumentTypeError, NotBuiltError, ShapeError, UnknownNameError

SVG = "{http://www.w3.org/2000/svg}"


def inception():
    x = image = layers.Input((8, 8, 3), name="image")
    one = layers.Conv2D(4, 1, name="one")(x)
    three = layers.Conv2D(6, 3, padding="same", name="three")(layers.Conv2D(2, 1, name="reduce")(x))
    pool = layers.MaxPooling2D(3, strides=1, padding="same", name="pool")(x)
    return models.Model(image, layers.Concatenate(name="joined")([one, three, pool]), name="inception")


def boxes(root):
    """Return title -> (x, y, width, height) of each box."""
    found = {}
    for group in root.iter(f"{SVG}g"):
        title = group.find(f"{SVG}title")
        if title is not None:
            frame = group.find(f"{SVG}rect")
            found[title.text] = tuple(float(frame.get(side)) for side in ("x", "y", "width", "height"))
    return found


def words(root):
    return [item.text for item in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("rankdir", ["TB", "LR"])
def test_a_graph_with_branches(tmp_path, rankdir):
    path = tmp_path / "new" / "model.svg"
    text = plot_model(inception(), path, rankdir=rankdir)
    assert path.read_text() == text
    root = ElementTree.fromstring(text)
    found = boxes(root)
    assert list(found) == [
        "image Input 8 x 8 x 3",
        "reduce Conv2D 1x1 2 8 x 8 x 2",
        "one Conv2D 1x1 4 8 x 8 x 4",
        "three Conv2D 3x3 6 8 x 8 x 6",
        "pool MaxPooling2D 3x3 8 x 8 x 3",
        "joined Concatenate 8 x 8 x 13",
    ]
    assert len([edge for edge in root.iter(f"{SVG}path") if edge.get("class") == "edge"]) == 7
    along = 1 if rankdir == "TB" else 0
    start, end = found["image Input 8 x 8 x 3"], found["joined Concatenate 8 x 8 x 13"]
    assert start[along] < found["three Conv2D 3x3 6 8 x 8 x 6"][along] < end[along]
    assert {"8 x 8 x 13", "Conv2D 3x3 6", "three"} <= set(words(root))


def test_what_is_shown_can_be_chosen():
    plain = words(
        ElementTree.fromstring(plot_model(inception(), None, show_shapes=False, show_layer_names=False))
    )
    assert sorted(plain) == sorted(
        [
            "inception",
            "Input",
            "Conv2D 1x1 2",
            "Conv2D 1x1 4",
            "Conv2D 3x3 6",
            "MaxPooling2D 3x3",
            "Concatenate",
        ]
    )


@pytest.mark.parametrize("name", APPLICATIONS)
def test_every_architecture(name):
    entry = APPLICATIONS[name]
    with torch.device("meta"):
        model = entry.build(input_shape=(entry.size, entry.size, 3))
    found = boxes(ElementTree.fromstring(plot_model(model, None)))
    assert len(found) >= len(model.layers)
    for x, y, width, height in found.values():
        others = [box for box in found.values() if box != (x, y, width, height)]
        assert not any(
            x < left + wide and left < x + width and y < top + high and top < y + height
            for left, top, wide, high in others
        )


def test_text_fits_into_its_box():
    """By the width of a letter of DejaVu Sans Mono, 0.602 of its size, and of an East Asian one, twice that."""
    model = models.Sequential(
        [layers.Input((4,)), layers.Dense(2, name="x" * 80), layers.Dense(3, name="猫" * 10)]
    )
    for group in ElementTree.fromstring(plot_model(model, None)).iter(f"{SVG}g"):
        frame = group.find(f"{SVG}rect")
        if group.find(f"{SVG}title") is None:
            continue
        for text in group.findall(f"{SVG}text"):
            letters = sum(2 if letter == "猫" else 1 for letter in text.text)
            assert letters * 0.602 * float(text.get("font-size")) <= float(frame.get("width"))
            assert (
                float(frame.get("y"))
                < float(text.get("y"))
                < float(frame.get("y")) + float(frame.get("height"))
            )


def test_names_cannot_break_the_picture():
    name = "<a>&\"'\x07\ud800"
    root = ElementTree.fromstring(
        plot_model(models.Sequential([layers.Input((4,)), layers.Dense(2, name=name)]), None)
    )
    assert "<a>&\"'??" in words(root)


class Backwards(torch.nn.Module):
    """Defined in another order than executed."""

    def __init__(self):
        super().__init__()
        self.last, self.first, self.unused = (
            torch.nn.Linear(5, 2),
            torch.nn.Linear(4, 5),
            torch.nn.Linear(1, 1),
        )
        self.block = torch.nn.Sequential(torch.nn.ReLU())

    def forward(self, x):
        return self.last(self.block(self.first(x)))


def test_a_torch_module_is_a_tree_in_the_order_of_execution():
    model = models.Model(Backwards(), name="tree")
    unknown = list(boxes(ElementTree.fromstring(plot_model(model, None))))
    assert unknown == [
        "Backwards",
        "last Linear 2",
        "first Linear 5",
        "unused Linear 1",
        "block Sequential",
        "0 ReLU",
    ]
    model.build((None, 4))
    found = boxes(ElementTree.fromstring(plot_model(model, None)))
    assert list(found) == [
        "Backwards 2", "first Linear 5 5", "block Sequential 5", "0 ReLU 5", "last Linear 2 2", "unused Linear 1"
    ]  # fmt: skip
    lefts = [x for x, _, _, _ in found.values()]
    assert lefts[0] < lefts[1] == lefts[2] == lefts[4] < lefts[3]


def test_a_long_tree_goes_on_in_another_column():
    module = torch.nn.Sequential(*(torch.nn.ReLU() for _ in range(100)))
    root = ElementTree.fromstring(plot_model(module, None, input_shape=(4,)))
    assert len({x for x, _, _, _ in boxes(root).values()}) == 4, "the root, and three columns"
    assert float(root.get("height")) < 1300


def test_bad_input_is_said(tmp_path):
    model = inception()
    with pytest.raises(
        ArgumentError, match=r"model\.png: pictures are written as SVG; give .* ends in \.svg\."
    ):
        plot_model(model, tmp_path / "model.png")
    with pytest.raises(
        UnknownNameError, match="plot_model: rankdir must be one of 'TB', 'LR'; received 'BT'"
    ):
        plot_model(model, None, rankdir="BT")
    with pytest.raises(
        ArgumentTypeError, match=r"plot_model: expected a Model or a torch\.nn\.Module; received str"
    ):
        plot_model("shallow-vgg", None)
    with pytest.raises(NotBuiltError, match="plot_model: the network has no weights yet"):
        plot_model(models.Sequential([layers.Dense(3)]), None)
    with pytest.raises(ShapeError, match=r"plot_model: the network cannot take one input of shape \(3,\)"):
        plot_model(Backwards(), None, input_shape=(3,))
    with pytest.raises(ArgumentError, match="plot_model: input_shape must be positive integers"):
        plot_model(Backwards(), None, input_shape=(None, 3))
    assert list(tmp_path.iterdir()) == []


def test_the_picture_of_the_docs_is_what_the_code_draws(request):
    """docs/costs.md shows it; written by the program there."""
    docs = request.config.rootpath / "docs"
    program = re.findall(r"```python\n(.*?)```", (docs / "costs.md").read_text(), re.DOTALL)[-1]
    names = {}
    exec(compile(program.replace('"inception.svg"', "None"), "costs.md", "exec"), names)
    assert names["svg"] == (docs / "pictures" / "inception.svg").read_text()
