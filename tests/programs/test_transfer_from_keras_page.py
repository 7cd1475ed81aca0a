"""The programs of docs/transfer-from-keras.md run, with small photos, one epoch and drawn weights in the publisher's form."""

import re
from pathlib import Path
from typing import Any

import pytest

from convolens import applications
from images import folders

PAGE = (Path(__file__).parents[2] / "docs" / "transfer-from-keras.md").read_text()
SIZES = {"180": "32", "150": "71", "224": "32"}
pytestmark = pytest.mark.usefixtures("quickly_drawn")


def programs(heading: str) -> str:
    """Return the programs of a section, one behind the other."""
    (section,) = re.findall(rf"^## {heading}.*?\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE)
    return "\n".join(re.findall(r"```python\n(.*?)```", section, re.DOTALL))


def ran(heading: str) -> dict[str, Any]:
    """Run a section's programs on small photos for one epoch, and return what they name."""
    program = programs(heading).replace('weights="imagenet"', 'weights="learnt.h5"')
    program = re.sub(r"\b(180|150|224)\b", lambda found: SIZES[found[0]], program)
    found: dict[str, Any] = {}
    exec(re.sub(r"epochs=\d+", "epochs=1, verbose=0", program), found)
    return found


def same(model: Any, file: Any) -> list[bool]:
    """Return for each weight of a base whether it is still the file's."""
    return [bool((a == b).all()) for a, b in zip(model.get_weights(), file.get_weights(), strict=True)]


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders(tmp_path / "photos", {"cat": 3, "dog": 3})


def test_chollets_book() -> None:
    learnt = applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3))
    learnt.save_weights("learnt.h5")
    found = ran("Chollet")
    assert found["features"].shape == (6, 1, 1, 512)
    assert found["history"].epoch == [0]
    kept = same(found["conv_base"], learnt)
    assert all(kept[:-6])  # of the last block, three kernels and their biases are fine-tuned
    assert not all(kept[-6:])


def test_the_guide() -> None:
    learnt = applications.Xception(include_top=False, weights=None, input_shape=(71, 71, 3))
    learnt.save_weights("learnt.h5")
    found = ran("keras.io")
    assert not all(same(found["base_model"], learnt))
    assert found["model"].output_shape == (None, 1)


def test_heads_on_networks() -> None:
    applications.ResNet50(include_top=False, weights=None).save_weights(
        "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"
    )
    learnt = applications.VGG16(include_top=False, weights=None)
    learnt.save_weights("learnt.h5")
    found = ran("Kaggle")
    kept = same(found["base"], learnt)
    assert all(kept[:-6])
    assert not all(kept[-6:])
