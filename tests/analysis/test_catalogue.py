"""The catalogue measures what it says; the command prints it."""

import json

import pytest

from convolens.analysis import cost
from convolens.analysis.cost.catalogue import catalogue
from convolens.applications import APPLICATIONS, ConvModel, GoogLeNet
from convolens.applications.imagenet import IMAGENET
from convolens.cli import main


@pytest.fixture(scope="module")
def entries():
    """By name."""
    return {entry.name: entry for entry in catalogue()}


def test_every_architecture_is_there(entries):
    assert list(entries) == list(APPLICATIONS)
    for name, entry in entries.items():
        assert entry.imagenet == (name in IMAGENET)
        assert entry.size == APPLICATIONS[name].size
        assert entry.summary == APPLICATIONS[name].summary


@pytest.mark.parametrize(("name", "make"), [("conv-model", ConvModel), ("googlenet", GoogLeNet)])
def test_numbers_without_memory_are_those_with(entries, name, make):
    model = make()
    found = cost(model, model.input_shape[1:])
    assert entries[name].parameters == found.parameters
    assert entries[name].multiply_accumulates == found.multiply_accumulates


def test_the_lectures_numbers(entries):
    lecture = entries["shallow-vgg"]
    assert (lecture.parameters, lecture.multiply_accumulates, lecture.classes) == (2_168_362, 26_579_968, 10)


def test_the_command(entries, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["models", "--json"])
    assert not ended.value.code
    assert json.loads(capsys.readouterr().out) == [entry.as_dict() for entry in entries.values()]


def test_the_table(entries, capsys, monkeypatch):
    from convolens.analysis.cost import catalogue as module

    monkeypatch.setattr(module, "catalogue", lambda: list(entries.values()))  # measured once is enough
    with pytest.raises(SystemExit):
        main(["models"])
    out = capsys.readouterr().out
    assert all(name in out for name in entries)
    assert "138,357,544" in out
