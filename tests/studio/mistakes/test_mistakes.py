"""The mistakes of a run, suspects of wrong labels, labels that were kept, and the run learnt again: what programs get."""

import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from convolens import runs
from convolens.errors import BusyError, CancelledError
from convolens.options.check import CheckOptions
from convolens.runs.folder.predictions_file import Answer, read_predictions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.studio.mistakes.again import changed, learn_again
from convolens.studio.mistakes.routes import AtWork, again
from convolens.studio.records import progress
from convolens.studio.workspace.identity import identity

RUN = identity("first")


def _asked(path: str = "", run: str = RUN, **query: Any) -> str:
    return f"/api/mistakes{path}?{urlencode({'run': run, **query})}"


def _answers(place: Path) -> list[Answer]:
    return read_predictions(place / "runs/first/predictions.csv")


def _id(place: Path, path: Path) -> str:
    return identity(path.relative_to(place / "photos"))


def test_the_wall_is_the_table_of_the_run_the_surest_mistakes_first(
    serve: Callable[..., Any], place: Path
) -> None:
    served = serve(place / "photos", place)
    answers = _answers(place)
    wrong = sorted((one for one in answers if not one.right), key=lambda one: -one.confidence)
    assert len(wrong) >= 2
    summary = served.ask(_asked())[1]
    assert (summary["photos"], summary["wrong"], summary["gone"]) == (len(answers), len(wrong), 0)
    counts = Counter((one.label, one.predicted) for one in wrong)
    assert {(one["label"], one["said"]): one["photos"] for one in summary["pairs"]} == counts
    found = served.ask(_asked("/rows"))[1]
    assert found["total"] == len(wrong)
    assert [row["photo"] for row in found["rows"]] == [_id(place, one.path) for one in wrong]
    assert [row["confidence"] for row in found["rows"]] == [one.confidence for one in wrong]
    (label, said), number = counts.most_common(1)[0]
    pair = served.ask(_asked("/rows", label=label, said=said))[1]
    assert (pair["total"], {(row["label"], row["said"]) for row in pair["rows"]}) == (number, {(label, said)})
    assert served.ask(_asked("/rows", start=1, count=1))[1]["rows"] == found["rows"][1:2]


def test_right_answers_that_are_unsure_and_all(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    right = sorted((one for one in _answers(place) if one.right), key=lambda one: one.confidence)
    unsure = served.ask(_asked("/rows", kind="unsure"))[1]["rows"]
    assert [row["photo"] for row in unsure] == [_id(place, one.path) for one in right]
    everything = served.ask(_asked("/rows", kind="all"))[1]["rows"]
    assert [row["right"] for row in everything] == sorted(row["right"] for row in everything)
    assert len(everything) == len(_answers(place))


def test_those_that_are_called_unknown_are_those_of_predict(serve: Callable[..., Any], place: Path) -> None:
    runs.calibrate(place / "runs/first", runs.CalibrateOptions(error_rate=0.4), Screen(quiet=True))
    served = serve(place / "photos", place)
    said = runs.predict(place / "runs/first", [one.path for one in _answers(place)])
    unknown = {_id(place, one.path) for one in said if one.unknown}
    assert unknown
    assert {row["photo"] for row in served.ask(_asked("/rows", kind="unknown"))[1]["rows"]} == unknown
    (place / "runs/first/calibration.json").unlink()
    status, error = served.ask(_asked("/rows", kind="unknown"))
    assert status == 400
    assert error["error"].startswith(
        "first: calls nothing unknown; the page Try teaches it to, or `convolens calibrate "
    )


def test_a_photo_that_was_moved_since_is_counted(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    first = served.ask(_asked("/rows"))[1]["rows"][0]
    (place / "photos" / first["name"]).unlink()
    assert served.ask(_asked())[1]["gone"] == 1
    assert first["photo"] not in [row["photo"] for row in served.ask(_asked("/rows"))[1]["rows"]]


def test_another_photo_that_took_its_name_is_not_what_was_scored(
    serve: Callable[..., Any], place: Path
) -> None:
    scored = [one.path for one in _answers(place)]
    first = next(one.path for one in _answers(place) if not one.right)
    other = next(path for path in (place / "photos").glob("*/*") if path not in scored)
    aside = place / "photos/aside.png"
    for source, target in ((first, aside), (other, first), (aside, other)):
        source.rename(target)
    served = serve(place / "photos", place)
    summary = served.ask(_asked())[1]
    assert (summary["photos"], summary["gone"]) == (len(scored) - 1, 1)
    assert _id(place, first) not in [
        row["photo"] for row in served.ask(_asked("/rows", kind="all"))[1]["rows"]
    ]
    nearest = served.ask(f"/api/answers/{_id(place, scored[-1])}/nearest?run={RUN}&count=1")[1]
    assert nearest["photos"] == 90 - len(scored) + 1  # it is learnt from like any that came since


def test_photos_outside_of_the_open_folder_are_told(
    serve: Callable[..., Any], place: Path, tmp_path: Path
) -> None:
    shutil.copytree(place / "photos/circle", tmp_path / "other/circle")
    served = serve(tmp_path / "other", place)
    summary = served.ask(_asked())[1]
    assert summary["outside"] == summary["photos"]
    assert {row["photo"] for row in served.ask(_asked("/rows"))[1]["rows"]} == {None}


def _suspects(served: Any) -> dict[str, Any]:
    status, found = served.ask(_asked("/suspects"))
    assert status == 200, found
    return found


def test_suspects_are_those_of_check(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    found = _suspects(served)
    options = CheckOptions(place / "photos", subject=place / "runs/first")
    expected = {one["path"]: one["suggested"] for one in runs.check(options, Screen(quiet=True)).suspects()}
    assert {row["name"]: row["said"] for row in found["rows"]} == {
        str(Path(path).relative_to(place / "photos") if Path(path).is_absolute() else path): said
        for path, said in expected.items()
    }
    assert (found["photos"], found["kept"], found["left_out"]) == (90, 0, [])
    assert found["by"] == "shallow-vgg of first"


def test_suspects_are_looked_for_on_all_sides(serve: Callable[..., Any], place: Path) -> None:
    for number, path in enumerate(sorted((place / "photos").glob("*/*"))):
        side = place / "sides" / ("train" if number % 3 else "val") / path.parent.name
        side.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, side)
    darkest = sorted((place / "sides/val/circle").iterdir())[0]
    darkest.rename(place / "sides/val/stripe/wrong.png")
    found = {row["name"]: row["said"] for row in _suspects(serve(place / "sides", place))["rows"]}
    options = CheckOptions(place / "sides", subject=place / "runs/first")
    expected = {one["path"]: one["suggested"] for one in runs.check(options, Screen(quiet=True)).suspects()}
    assert found == expected
    assert "val/stripe/wrong.png" in found


def test_a_label_that_is_kept_is_no_suspect_until_it_changes(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    before = _suspects(served)["rows"]
    one = before[0]
    body = {"photos": [{"photo": one["photo"], "label": one["label"]}]}
    assert served.ask("/api/mistakes/keep", body) == (200, {"done": 1})
    file = place / ".convolens/photos/kept-labels.json"
    (row,) = json.loads(file.read_text())["kept"]
    assert (row["photo"], row["label"], len(row["sha256"])) == (one["name"], one["label"], 64)
    after = _suspects(served)
    assert one["photo"] not in [row["photo"] for row in after["rows"]]
    assert after["kept"] == 1
    assert serve(place / "photos", place).ask(_asked("/suspects"))[1]["kept"] == 1  # another studio knows it
    path = place / "photos" / one["name"]
    path.rename(path.with_name("renamed.png"))  # known by its content
    assert _suspects(served)["kept"] == 1
    path.with_name("renamed.png").rename(path)
    assert served.ask("/api/mistakes/keep/undo", body) == (200, {"done": 1})
    assert _suspects(served)["rows"] == before
    body["photos"][0]["label"] = "another"
    served.ask("/api/mistakes/keep", body)
    assert _suspects(served)["rows"] == before


def test_labels_that_are_kept_at_once_are_all_kept(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    names = [path.relative_to(place / "photos").as_posix() for path in (place / "photos/circle").iterdir()]

    def keep(name: str) -> int:
        body = {"photos": [{"photo": identity(name), "label": "circle"}]}
        return int(served.ask("/api/mistakes/keep", body)[0])

    with ThreadPoolExecutor(len(names)) as pool:
        assert set(pool.map(keep, names)) == {200}
    kept = json.loads((place / ".convolens/photos/kept-labels.json").read_text())["kept"]
    assert sorted(row["photo"] for row in kept) == sorted(names)


def test_a_photo_in_the_wrong_folder_is_a_suspect(serve: Callable[..., Any], place: Path) -> None:
    darkest = sorted((place / "photos/circle").iterdir())[0]
    darkest.rename(place / "photos/stripe/wrong.png")
    found = {row["name"]: row for row in _suspects(serve(place / "photos", place))["rows"]}
    assert found["stripe/wrong.png"]["label"] == "stripe"
    assert found["stripe/wrong.png"]["said"] in ("circle", "cross")


def test_a_damaged_list_of_kept_labels_is_told(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    file = place / ".convolens/photos/kept-labels.json"
    file.parent.mkdir(parents=True)
    for text in (
        '{"kept": 3}',
        '{"format": 1, "kept": [{"sha256": "1"}]}',
        '{"format": 2, "kept": []}',
        "[]",
    ):
        file.write_text(text)
        status, error = served.ask(_asked("/suspects"))
        assert status == 400
        assert error["error"] == (
            f"{file}: damaged, or of another version; move it away, and labels that were kept are looked at again."
        )
    file.write_text("{")
    assert "is not JSON" in served.ask(_asked("/suspects"))[1]["error"]


def test_wrong_questions_are_told(serve: Callable[..., Any], place: Path, tmp_path: Path) -> None:
    served = serve(place / "photos", place)
    assert served.ask(_asked(run=identity("none")))[0] == 404
    assert served.ask(_asked("/rows", kind="worst")) == (
        400,
        {"error": "kind: Input should be 'mistakes', 'unsure', 'unknown' or 'all'; it was 'worst'."},
    )
    assert served.ask("/api/mistakes/keep", {"photos": []})[0] == 400
    assert served.ask("/api/mistakes/keep", {"photos": [{"photo": identity("../x"), "label": "a"}]})[0] == 400
    (place / "runs/first/predictions.csv").unlink()
    status, error = served.ask(_asked())
    assert status == 404
    assert (
        error["error"] == "first: has not answered its validation photos yet; a training does so at its end."
    )
    empty = serve(None, tmp_path)
    assert empty.ask("/api/mistakes/suspects") == (
        404,
        {"error": "no photos are open yet; drop some on the Photos page, or try the demo."},
    )


def test_a_run_is_learnt_again_and_what_changed_is_told(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    before = {one.path: one for one in _answers(place)}
    status, found = served.ask(_asked("/again"), b"")
    assert status == 200, found
    assert found["name"] == "first-again"
    listed = {run["name"]: run for run in served.ask("/api/runs")[1]["runs"]}
    assert listed["first-again"]["ready"]
    assert listed["first-again"]["state"] == "done"
    after = read_predictions(place / "runs/first-again/predictions.csv")
    assert found["before"]["wrong"] == sum(not one.right for one in before.values())
    assert found["after"]["wrong"] == sum(not one.right for one in after)
    gone = [_id(place, one.path) for one in after if one.right and not before[one.path].right]
    new = [_id(place, one.path) for one in after if not one.right and before[one.path].right]
    assert [row["photo"] for row in found["gone"]] == gone
    assert [row["photo"] for row in found["new"]] == new
    assert found["notes"] == [
        "first could call photos unknown; first-again has still to be taught to, on the page Try."
    ]
    assert found["stayed"] == found["after"]["wrong"] - len(new)
    # it answers, is learnt again itself, and goes by the next name
    photo = _id(place, after[0].path)
    assert served.ask(f"/api/answers/{photo}?run={found['run']}")[0] == 200
    assert served.ask(_asked("/again", run=found["run"]), b"")[1]["name"] == "first-again-2"
    (place / "runs/first/held_out.safetensors").touch()  # as of a run that learnt from all photos in the end
    again = served.ask(_asked("/again", run=found["run"]), b"")[1]
    assert again["notes"][0].startswith("The layers of first learnt from the validation photos too")


def test_moved_photos_are_known_by_their_bytes_however_they_are_named() -> None:
    def said(path: str, right: bool, content: str | None) -> Answer:
        return Answer(Path(path), ("a",), ("a" if right else "b",), 0.9, content)

    def told(*after: Answer) -> tuple[list[str], list[str], int]:
        found = changed(before, after, None)
        return *([row["name"] for row in found[kind]] for kind in ("gone", "new")), found["stayed"]

    before = [said("3/2.jpg", False, "1f"), said("4/2.jpg", True, "2f"), said("0/2.jpg", True, "3f")]
    assert told(said("0/2-2.jpg", False, "1f")) == ([], [], 1)
    assert told(said("4/2-2.jpg", True, "1f"), *before[1:]) == (["4/2-2.jpg"], [], 0)
    assert told(said("3/2.jpg", False, "3f")) == ([], ["3/2.jpg"], 0)  # what lay there has gone
    assert told(said("3/2.jpg", True, "4f")) == ([], [], 0)  # it was not scored before
    before = [said("3/2.jpg", False, None), said("4/2.jpg", False, None), said("4/3.jpg", False, None)]
    assert told(said("4/3.jpg", True, "1f"), said("0/2.jpg", True, "2f")) == (["4/3.jpg"], [], 0)


def test_one_at_a_time(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    work = AtWork()
    with (
        work.lock,
        pytest.raises(BusyError, match="a run is being trained again already; wait until it is done"),
    ):
        again(RUN, served.studio, work)
    assert again(RUN, served.studio, work)["name"] == "first-again"
    assert served.ask("/api/mistakes/again/cancel", b"") == (200, {"asked": False})  # nothing is at work


def test_a_training_again_that_is_cancelled_leaves_nothing(place: Path) -> None:
    cancel = threading.Event()
    cancel.set()
    before = sorted(path.name for path in (place / "runs").iterdir())
    with pytest.raises(CancelledError):
        learn_again(
            RunFolder(place / "runs/first"), place / "runs", place / "photos", lambda *told: None, cancel
        )
    assert sorted(path.name for path in (place / "runs").iterdir()) == before


def test_progress_is_told(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PERIOD", 0.0)
    told: list[tuple[str, int, int]] = []
    learn_again(
        RunFolder(place / "runs/first"),
        place / "runs",
        place / "photos",
        lambda *one: told.append(one),
        threading.Event(),
    )
    assert {title for title, _, _ in told} >= {
        "features of the training photos",
        "features of the validation photos",
    }
    assert all(done <= total for _, done, total in told)


def test_photos_that_are_gone_are_told(serve: Callable[..., Any], place: Path) -> None:
    served = serve(place / "photos", place)
    shutil.rmtree(place / "photos")
    status, error = served.ask(_asked("/again"), b"")
    assert status == 404
    assert "the photos of the run are no longer there" in error["error"]
