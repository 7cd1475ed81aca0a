"""What a training is asked for: words of a command, and every wrong input a line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.cli.first_day.train import train
from convolens.studio.training.asking import asked_options, described, resume_words
from convolens.studio.workspace.identity import identity

WRONG = [
    ({"options": {"epochs": 0}}, 400, "train: epochs must be an integer of at least 1; received 0."),
    ({"options": {"epochs": "many"}}, 400, "--epochs must be a whole number; received 'many'."),
    ({"options": {"epochs": 1e400}}, 400, "--epochs must be a whole number; received inf."),
    ({"options": {"balance": "yes"}}, 400, "--balance must be true or false; received 'yes'."),
    ({"options": {"model": "resnet-19"}}, 400, "train: unknown model 'resnet-19'. Did you mean 'resnet-18'?"),
    ({"options": {"epoch": 3}}, 400, "train: unknown argument 'epoch'. Did you mean 'epochs'?"),
    ({"options": {"out": "/elsewhere"}}, 400, "train: unknown argument 'out'."),
    ({"options": {"weights": "/etc/passwd"}}, 400, "train: unknown argument 'weights'."),
    ({"options": {"validation_split": 1}}, 400, "train: validation_split must be"),
    ({"options": {"rotation_range": 400}}, 400, "Augmentation: rotation_range must be"),
    ({"name": "../cats"}, 400, "'../cats' cannot be the name of a run: it is one folder in the folder of runs, so leave out / and \\."),
    ({"name": "a\nb"}, 400, "'a\\nb' cannot be the name of a run: it is one line of letters."),
    ({"name": ".hidden"}, 400, "'.hidden' cannot be the name of a run: folders that begin with a dot are hidden."),
    ({"name": "ä" * 120}, 400, "a run's name of 240 bytes is too long; 200 are the most."),
    ({"kind": "teach"}, 400, "kind: Input should be 'train', 'finetune' or 'resume'; it was 'teach'."),
    ({"kind": "resume"}, 400, "resume: which run? Give its id as `run`."),
    ({"kind": "finetune", "run": identity("none")}, 404, "none: is no longer there; it was moved or removed."),
    ({"kind": "resume", "run": identity("../photos")}, 400, "'../photos' does not lie in"),
    ({"kind": "resume", "run": "%%%"}, 400, "'%%%' names no file; go back to the list and choose one there."),
]  # fmt: skip


def _jobs(served: Any) -> list[str]:
    """The jobs of the photos that tests share, whoever began them."""
    return [one["job"] for one in served.ask("/api/trainings")[1]["trainings"]]


@pytest.mark.parametrize(("asked", "status", "error"), WRONG, ids=lambda value: str(value)[:40])
def test_wrong_input_is_told_before_anything_starts(
    serve: Callable[..., Any], trained: Path, tmp_path: Path, asked: dict[str, Any], status: int, error: str
) -> None:
    (tmp_path / "runs").mkdir()
    served = serve(trained / "photos", tmp_path)
    before = _jobs(served)
    found, said = served.ask("/api/trainings", asked)
    assert (found, error in said["error"]) == (status, True), said
    assert _jobs(served) == before
    assert list((tmp_path / "runs").iterdir()) == []


def test_without_photos_a_training_says_what_to_do(serve: Callable[..., Any], tmp_path: Path) -> None:
    error = "no photos are open yet; drop some on the Photos page, or try the demo."
    assert serve(None, tmp_path).ask("/api/trainings", {}) == (404, {"error": error})


def test_photos_that_went_away_are_told(serve: Callable[..., Any], tmp_path: Path) -> None:
    status, said = serve(tmp_path / "gone", tmp_path).ask("/api/trainings", {})
    assert (status, "is no longer there; bring it back" in said["error"]) == (404, True)


def test_a_folder_of_runs_that_is_none_is_told(
    serve: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    (tmp_path / "runs").write_text("a file")
    status, said = serve(trained / "photos", tmp_path).ask("/api/trainings", {})
    assert (status, said["error"].startswith(f"cannot write {tmp_path / 'runs/photos'}: ")) == (507, True)


def test_runs_among_the_photos_are_refused(serve: Callable[..., Any], trained: Path, tmp_path: Path) -> None:
    photos = trained / "photos"
    status, said = serve(photos, tmp_path, photos / "runs").ask("/api/trainings", {})
    assert (status, "would lie inside the photos" in said["error"]) == (400, True)


def test_the_command_is_shown_and_says_the_same(
    serve: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    served = serve(trained / "photos", tmp_path)
    asked = {
        "name": "it's",
        "options": {"epochs": 3, "augmentation": {"zoom_range": [0.8, 1.1]}, "horizontal_flip": False},
    }
    place = f"'{tmp_path}/runs/it'\"'\"'s'"
    assert served.ask("/api/trainings/command", asked)[1]["command"] == (
        f"convolens train {trained / 'photos'} --epochs 3 --no-horizontal-flip --zoom-range 0.8,1.1 --out {place}"
    )
    run = identity("first")
    served = serve(trained / "photos", trained)
    assert served.ask("/api/trainings/command", {"kind": "finetune", "run": run, "name": "again"})[1][
        "command"
    ] == (f"convolens finetune {trained / 'runs/first'} {trained / 'photos'} --out {trained / 'runs/again'}")
    longer = {"kind": "resume", "run": run, "options": {"epochs": 9}}
    assert served.ask("/api/trainings/command", longer)[1]["command"] == (
        f"convolens resume {trained / 'runs/first'} --epochs 9"
    )
    refused = {"kind": "finetune", "run": run, "options": {"model": "vgg16"}}
    assert "so model cannot be asked for" in served.ask("/api/trainings/command", refused)[1]["error"]


def test_the_form_names_real_flags() -> None:
    assert train.__doc__
    for field in described():
        assert field["flag"].startswith("--")
        assert field["help"]
    assert asked_options({field["name"]: None for field in described()}) == {}
    assert resume_words(Path("runs/a"), {"epochs": "4", "anyway": True}) == [
        "resume",
        "runs/a",
        "--epochs",
        "4",
        "--anyway",
    ]
