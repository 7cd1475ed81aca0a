"""The catalogue measures what it says; the command prints it."""

import json

import pytest

from convolens.analysis import cost
from convolens.analysis.cost import catalogue as module
from convolens.analysis.cost.catalogue import CatalogueEntry
from convolens.applications import APPLICATIONS, ConvModel, GoogLeNet
from convolens.applications.weights.imagenet import IMAGENET
from typed import run

pytestmark = pytest.mark.usefixtures("quickly_drawn")


@pytest.fixture(scope="module")
def entries() -> dict[str, CatalogueEntry]:
    """By name, as the command gives them: measuring all networks takes long, and is done once."""
    return {entry["name"]: CatalogueEntry(**entry) for entry in json.loads(run("models", "--json"))}


def test_every_architecture_is_there(entries):
    assert list(entries) == list(APPLICATIONS)
    for name, entry in entries.items():
        assert entry.imagenet == (name in IMAGENET)
        assert entry.size == APPLICATIONS[name].size
        assert entry.summary == APPLICATIONS[name].summary


@pytest.mark.parametrize(("name", "make"), [("conv-model", ConvModel), ("googlenet", GoogLeNet)])
def test_numbers_without_memory_are_those_with(entries, name, make):
    model = make()
    found = cost(model, model.input_shape[1:], training=False)
    assert entries[name].parameters == found.parameters
    assert entries[name].multiply_accumulates == found.multiply_accumulates


def test_the_lectures_numbers(entries):
    lecture = entries["shallow-vgg"]
    assert (lecture.parameters, lecture.multiply_accumulates, lecture.classes) == (2_168_362, 26_579_968, 10)


def test_the_table(entries, monkeypatch):
    monkeypatch.setattr(module, "catalogue", lambda: list(entries.values()))  # measured once is enough
    printed = run("models")
    assert all(name in printed for name in entries)
    assert "138,357,544" in printed
