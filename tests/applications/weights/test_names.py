"""An architecture is found however its name is spelt, and no two names are spelt alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens.applications import APPLICATIONS, build, canonical_name, find_architecture
from convolens.applications.weights.names import simple, spelt_as
from convolens.errors import UnknownNameError

LETTER_CASES = (str.lower, str.upper, lambda letter: letter)


@st.composite
def spellings(draw):
    """A name of the registry, and a spelling of it."""
    name = draw(st.sampled_from(sorted(APPLICATIONS)))
    letters = [letter for letter in name if letter not in "-_"]
    between = [draw(st.sampled_from(["", "", "-", "_", ".", " "])) for _ in letters]
    spelt = "".join(
        draw(st.sampled_from(LETTER_CASES))(letter) + gap
        for letter, gap in zip(letters, between, strict=True)
    )
    return name, spelt


@given(spellings())
def test_any_spelling(pair):
    name, spelt = pair
    assert canonical_name(spelt) == name
    assert find_architecture("train", spelt) is APPLICATIONS[name]


def test_no_two_names_are_spelt_alike():
    assert len({simple(name) for name in APPLICATIONS}) == len(APPLICATIONS)
    functions = {}
    for name, entry in APPLICATIONS.items():
        function = getattr(entry.build, "__name__", None)
        if function is not None:
            assert functions.setdefault(simple(function), name) == name
            assert canonical_name(function) == name
    # a function's name may not be the name of another architecture
    assert all(canonical_name(name) == name for name in APPLICATIONS)


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("resnet18", "resnet-18"), ("ResNet-18", "resnet-18"), ("ResNet18", "resnet-18"), ("VGG-16", "vgg16"),
        ("efficientnet_lite0", "efficientnet-lite0"), ("EfficientNetLite0", "efficientnet-lite0"),
        ("vgg16_bn", "vgg16-bn"), ("ShallowVGGNet", "shallow-vgg"), ("shallow_vgg", "shallow-vgg"), ("NIN", "nin-bn"),
    ],
)  # fmt: skip
def test_usual_spellings(spelt, name):
    assert canonical_name(spelt) == name


@pytest.mark.parametrize(
    "word", ["timm:ResNet18", "timm:resnet-18", "nothing", "", "resnet/18", "./resnet18"]
)
def test_other_words_stay(word):
    assert canonical_name(word) == word


def test_a_known_name_comes_before_an_alias():
    assert spelt_as("A", ["a"], {"a": "b"}) == "a"


def test_the_nearest_name_is_still_offered():
    with pytest.raises(UnknownNameError, match=r"unknown model 'ResNet19'\. Did you mean 'resnet-1"):
        find_architecture("train", "ResNet19")
    assert build("Shallow VGG", (32, 32, 3), 3).output_shape == (None, 3)
