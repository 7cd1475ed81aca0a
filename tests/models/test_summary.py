"""Summaries say what Keras' say, of nested models too, and know the shapes of torch modules."""

import keras
import pytest
import torch

from convolens import layers
from convolens.errors import ShapeError
from convolens.models import Model, Sequential

OPTIONS = [
    {},
    {"expand_nested": True},
    {"show_trainable": True},
    {"expand_nested": True, "show_trainable": True},
]


def nested(words, model, sequential):
    """The same network in Keras' and in our words: a frozen Sequential inside a functional model."""
    inner = sequential(
        [
            words.Input((8, 8, 3)),
            words.Conv2D(4, 3, name="c"),
            words.BatchNormalization(name="bn"),
            words.MaxPooling2D(2, name="p"),
        ],
        name="inner",
    )
    inner.trainable = False
    image = words.Input((8, 8, 3), name="image")
    x = inner(image)
    x = words.Concatenate(name="cat")([words.Conv2D(2, 1, name="a")(x), words.Conv2D(3, 1, name="b")(x)])
    return model(image, words.Dense(2, name="d")(words.Flatten(name="f")(x)), name="outer")


def cells(text):
    """The rows of a table, whatever lines are drawn between cells, and the totals."""
    lines = [line.replace("┃", "│").strip("│ \n") for line in text.splitlines()]
    rows = [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]
    return rows, [line.strip() for line in lines if "params:" in line]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_keras_prints_the_same(options, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")  # what does not fit is cut
    theirs: list[str] = []
    ours: list[str] = []
    nested(keras.layers, keras.Model, keras.Sequential).summary(
        line_length=150, print_fn=lambda text, line_break=None: theirs.append(text), **options
    )
    nested(layers, Model, Sequential).summary(line_length=150, print_fn=ours.append, **options)
    (their_rows, their_totals), (our_rows, our_totals) = cells("\n".join(theirs)), cells(ours[0])
    assert our_totals == their_totals
    assert len(our_totals) == 3
    shown = [0, 1, 2, 4] if options.get("show_trainable") else [0, 1, 2]  # the fourth says "Connected to"
    plain = [[row[place] for place in shown] for row in their_rows[1:]]
    by_name = {row[0]: row for row in plain}
    assert {row[0]: row for row in our_rows[1:]} == by_name


def test_a_torch_module_has_shapes_once_it_is_told_its_input(capsys):
    body = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4).requires_grad_(False))
    module = torch.nn.Sequential()
    module.add_module("body", body)
    module.add_module("flat", torch.nn.Flatten())
    module.add_module("head", torch.nn.Linear(4 * 6 * 4, 2))
    model = Model(module, name="plain")
    model.summary(line_length=80)
    assert cells(capsys.readouterr().out)[0][1][1] == "?"
    model.build((None, 8, 6, 3))
    model.summary(line_length=80, expand_nested=True, show_trainable=True)
    rows, totals = cells(capsys.readouterr().out)
    assert rows[1:] == [
        ["body (Sequential)", "(None, 6, 4, 4)", "128", "Y"],
        ["└ 0 (Conv2d)", "(None, 6, 4, 4)", "112", "Y"],
        ["└ 1 (BatchNorm2d)", "(None, 6, 4, 4)", "16", "N"],
        ["flat (Flatten)", "(None, 96)", "0", "-"],
        ["head (Linear)", "(None, 2)", "194", "Y"],
    ]
    assert totals[0].startswith("Total params: 322 (")
    assert not any(child._forward_hooks for child in module.modules())
    assert module.training


def test_a_shape_that_does_not_fit_is_said():
    model = Model(torch.nn.Conv2d(3, 4, 3))
    model.build((None, 8, 8, 5))
    with pytest.raises(
        ShapeError, match=r"the network cannot take one input of shape \(8, 8, 5\) \(.*channels"
    ):
        model.summary()
    model.build((None, None, None, 3))
    with pytest.raises(ShapeError, match="summary: the shape given to build must be known but for the batch"):
        model.summary()
