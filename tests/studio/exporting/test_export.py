"""The Take away page: an export as a process, its checks, and the zip that it is fetched as."""

import importlib.util
import io
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.deployment import FORMATS
from convolens.studio.exporting.exports import exports_of, new_place
from convolens.studio.exporting.formats import OFFERED, offered
from convolens.studio.workspace.identity import identity

RUN = identity("first")
onnx = pytest.mark.skipif(
    importlib.util.find_spec("onnxscript") is None, reason="onnxscript is not installed"
)


@pytest.fixture
def home(trained: Path, tmp_path: Path) -> Path:
    shutil.copytree(trained / "runs/first", tmp_path / "runs/first")
    return tmp_path


def ended(served: Any) -> dict[str, Any]:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        job = served.ask(f"/api/exports/{RUN}")[1]["jobs"][0]
        if job["state"] != "running":
            return job
        time.sleep(0.1)
    raise AssertionError("not within two minutes")


def test_all_formats_are_offered() -> None:
    assert [one.name for one in OFFERED] == list(FORMATS)
    assert all(one.purpose.endswith(".") for one in OFFERED)
    assert [one["whole"] for one in offered()["formats"]] == [
        FORMATS[one.name] == "model.onnx" for one in OFFERED
    ]


@onnx
def test_export_see_the_checks_and_fetch_it(
    serve: Callable[..., Any], visit: Any, accessible: Any, home: Path, trained: Path
) -> None:
    served = serve(trained / "photos", home)
    page = visit(served, "/export")
    page.get_by_role("radio", name="ONNX").press("Space")
    page.locator("#export").press("Enter")
    page.locator("#progress", has_text="Being made").wait_for()
    page.locator("#files li p", has_text="asked on 21 photos, the same answers as the run's").wait_for()
    assert page.locator("#progress").inner_text() == "It is there."
    assert page.locator("#wrong").is_hidden()
    accessible(page)
    with page.expect_download() as fetching:
        page.get_by_role("link", name="Download").click()
    fetched = zipfile.ZipFile(fetching.value.path())
    assert fetching.value.suggested_filename == "first-export-onnx.zip"
    assert fetched.testzip() is None
    made = home / "runs/first/export-onnx"
    assert {name.removeprefix("export-onnx/") for name in fetched.namelist()} == {
        path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()
    }
    assert fetched.read("export-onnx/model.onnx") == (made / "model.onnx").read_bytes()
    (shown,) = served.ask(f"/api/exports/{RUN}")[1]["exports"]
    assert shown["checks"] == json.loads((made / "check.json").read_text())
    assert new_place(home / "runs/first", "onnx", "float32").name == "export-onnx-2"


def test_a_bare_network_is_exported(serve: Callable[..., Any], home: Path, trained: Path) -> None:
    served = serve(trained / "photos", home)
    status, job = served.ask("/api/exports", {"run": RUN, "format": "safetensors"})
    assert (status, job["state"], job["command"].split()[:2]) == (200, "running", ["convolens", "export"])
    found = ended(served)
    assert (found["state"], found["message"]) == ("done", None), found
    (shown,) = served.ask(f"/api/exports/{RUN}")[1]["exports"]
    assert (shown["name"], shown["checks"]) == ("export-safetensors", {})
    status, packed = served.ask(f"/api/exports/{RUN}/export-safetensors.zip")
    assert status == 200
    assert zipfile.ZipFile(io.BytesIO(packed)).testzip() is None


def test_an_export_of_earlier_weights_is_marked(
    serve: Callable[..., Any], visit: Any, home: Path, trained: Path
) -> None:
    run = home / "runs/first"
    for name in ("export-onnx/model.onnx", "export-keras/model.keras"):
        (run / name).parent.mkdir()
        (run / name).write_bytes(b"model")

    def outdated() -> dict[str, bool]:
        return {one["format"]: one["outdated"] for one in exports_of(run)}

    page = visit(serve(trained / "photos", home), "/export")
    page.locator("#files li").nth(1).wait_for()
    assert page.locator("#files .problem").count() == 0
    later = time.time() + 10
    assert outdated() == {"onnx": False, "keras": False}
    os.utime(run / "calibration.json", (later, later))
    assert outdated() == {"onnx": True, "keras": False}
    for name in ("checkpoints/best.safetensors", "results.json"):
        os.utime(run / name, (later, later))
    page.locator("#files .problem", has_text="The run has changed since").nth(1).wait_for()
    assert outdated() == {"onnx": True, "keras": True}


def test_what_cannot_be_exported_says_why_and_leaves_nothing(
    serve: Callable[..., Any], visit: Any, home: Path, trained: Path
) -> None:
    table = home / "runs/first/predictions.csv"
    table.write_text(table.read_text().replace(str(trained / "photos"), str(home / "gone")))
    shutil.rmtree(home / "runs/first/kept_photos")  # as a run of an earlier version
    served = serve(None, home)
    page = visit(served, "/export")
    page.get_by_role("radio", name="safetensors").press("Space")
    assert page.locator("#precisions-set").is_hidden()
    page.locator("#export").press("Enter")
    page.locator("#wrong", has_text="its validation photos are no longer where they were").wait_for()
    assert page.locator("#progress").inner_text() == "Nothing was written."
    assert not list((home / "runs/first").glob("*export*"))
    open_now = serve(trained / "photos", home)  # then it is asked on those that are open
    status, job = open_now.ask("/api/exports", {"run": RUN, "format": "safetensors"})
    assert (status, f"--photos {trained / 'photos'}" in job["command"]) == (200, True)
    assert ended(open_now)["state"] == "done"


WRONG = [
    ({"run": RUN, "format": "exe"}, 400, "format: Input should be 'onnx', 'web', 'pt2', 'keras', 'hdf5' or 'safetensors'; it was 'exe'."),
    ({"run": RUN, "format": "pt2", "precision": "int8"}, 400, "int8 goes with onnx and web alone; pt2 is exact."),
    ({"run": identity("gone")}, 404, "is no longer there; it was moved or removed. Reload the page."),
    ({"run": identity("../runs")}, 400, "does not lie in"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "status", "error"), WRONG)
def test_wrong_input_is_told(
    serve: Callable[..., Any], home: Path, asked: dict[str, Any], status: int, error: str
) -> None:
    found, said = serve(None, home).ask("/api/exports", asked)
    assert (found, error in said["error"]) == (status, True), said


def test_a_run_without_weights_and_an_export_that_is_none_are_told(
    serve: Callable[..., Any], home: Path
) -> None:
    served = serve(None, home)
    for name in ("export-onnx", "..", "checkpoints", "export-onnx%2F.."):
        status, said = served.ask(f"/api/exports/{RUN}/{name}.zip")
        assert (status, "error" in said) == (404, True)
    (home / "runs/first/checkpoints/best.safetensors").unlink()
    error = "first: has no weights yet; wait until its first epoch has ended."
    assert served.ask("/api/exports", {"run": RUN}) == (404, {"error": error})
    assert served.ask("/api/exports/none/stop", {}) == (
        404,
        {"error": "there is no such export; reload the page."},
    )


def test_links_out_of_an_export_are_not_followed(serve: Callable[..., Any], home: Path) -> None:
    made = home / "runs/first/export-keras"
    made.mkdir()
    (made / "model.keras").write_bytes(b"model")
    secret = home / "secret"
    secret.write_text("secret")
    (made / "link").symlink_to(secret)
    assert [one["bytes"] for one in exports_of(home / "runs/first")] == [5]
    packed = serve(None, home).ask(f"/api/exports/{RUN}/export-keras.zip")[1]
    assert zipfile.ZipFile(io.BytesIO(packed)).namelist() == ["export-keras/model.keras"]
