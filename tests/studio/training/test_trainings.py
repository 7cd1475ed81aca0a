"""Trainings: processes of their own, begun, paused, stopped and gone on with from the page; they outlive the studio."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import convolens
from convolens.files.lock import holder
from convolens.studio.jobs.processes import start_of
from convolens.studio.workspace.identity import identity

SMALL = {"size": 24, "batch_size": 16}


def wait_for(found: Callable[[], Any], seconds: float = 120.0) -> Any:
    """Return what is found, once it is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds:g} s")


def begun(served: Any, **asked: Any) -> dict[str, Any]:
    status, said = served.ask("/api/trainings", asked)
    assert status == 200, said
    return said


def job_of(served: Any, job: str) -> dict[str, Any]:
    listed = served.ask("/api/trainings")[1]["trainings"]
    return next(one for one in listed if one["job"] == job)


def ended(served: Any, job: str) -> dict[str, Any]:
    return wait_for(lambda: (found := job_of(served, job))["state"] != "running" and found)


def trains(served: Any, job: str, epochs: int = 1) -> str:
    """Wait until a training has finished epochs, and return the run's id."""

    def found() -> Any:
        known = job_of(served, job)
        assert known["state"] == "running", known
        done = [event for event in known["events"] if event["event"] == "epoch"]
        return known["run"] if len(done) >= epochs else None

    return wait_for(found)


def test_a_run_that_is_begun_trains_and_shows(
    serve: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    served = serve(photos, tmp_path)
    training = begun(served, name="Bär 🐻", options=SMALL | {"epochs": 2})
    assert training["command"].startswith(
        f"convolens train {photos} --size 24 --epochs 2 --batch-size 16 --out "
    )
    found = ended(served, training["job"])
    assert (found["state"], found["message"]) == ("done", None), found
    told = [event["event"] for event in found["events"] if event["event"] != "progress"]
    assert told[:2] == ["measurement", "plan"]
    shown = served.ask(f"/api/runs/{found['run']}")[1]
    assert (shown["name"], shown["state"], shown["epochs"], shown["of"]) == ("Bär 🐻", "done", 2, 2)
    assert [row["epoch"] for row in shown["history"]] == [1, 2]
    assert shown["best"] in (1, 2)
    assert shown["findings"]
    assert shown["command"] == training["command"] + " --json-lines"
    assert shown["job"]["job"] == training["job"]


def test_pause_saves_all_and_resume_goes_on_to_the_same_end(
    serve: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    served = serve(photos, tmp_path)
    asked = SMALL | {"epochs": 25, "threads": 1}
    training = begun(served, name="paused", options=asked)
    early = served.ask(f"/api/trainings/{training['job']}/pause", {})
    assert (early[0], "still looks at the photos, so there is nothing to save yet" in early[1]["error"]) == (
        409,
        True,
    )
    run = trains(served, training["job"])
    assert served.ask(f"/api/trainings/{run}/pause", {}) == (200, {"asked": True})
    again = served.ask(f"/api/trainings/{run}/pause", {})
    assert again[0] in (404, 409)  # never a second signal, which would end it at once
    found = ended(served, training["job"])
    assert (found["state"], "all is saved" in found["message"]) == ("paused", True)
    assert served.ask(f"/api/runs/{run}")[1]["state"] == "stopped"
    status, resumed = served.ask(f"/api/trainings/{run}/resume", {})
    assert status == 200
    assert resumed["command"] == f"convolens resume {tmp_path / 'runs/paused'}"
    assert ended(served, resumed["job"])["state"] == "done"
    whole = begun(served, name="whole", options=asked)
    assert ended(served, whole["job"])["state"] == "done"
    one, other = (tmp_path / "runs" / name / "checkpoints/last.safetensors" for name in ("paused", "whole"))
    assert one.read_bytes() == other.read_bytes()


def test_stop_ends_early_scored_and_reported_though_the_studio_ignores_ctrl_c(
    serve: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in the background of a shell
    try:
        served = serve(photos, tmp_path)
        training = begun(served, options=SMALL | {"epochs": 3000})
        run = trains(served, training["job"])
        assert served.ask(f"/api/trainings/{training['job']}/stop", {}) == (200, {"asked": True})
        found = ended(served, training["job"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert found["state"] == "stopped"
    shown = served.ask(f"/api/runs/{run}")[1]
    assert (shown["state"], shown["report"], shown["name"]) == ("done", True, "photos")
    assert 0 < shown["epochs"] < 3000


def test_a_killed_run_is_shown_as_stopped(serve: Callable[..., Any], photos: Path, tmp_path: Path) -> None:
    served = serve(photos, tmp_path)
    training = begun(served, options=SMALL | {"epochs": 3000})
    run = trains(served, training["job"])
    process = holder(tmp_path / "runs/photos")
    assert process is not None
    os.kill(process, signal.SIGKILL)
    found = ended(served, training["job"])
    assert found["state"] == "killed"
    assert found["message"].startswith("ended without a word")
    # the lock is given back when the last of its threads has ended
    assert wait_for(lambda: served.ask(f"/api/runs/{run}")[1]["state"] == "stopped")
    for what in ("pause", "stop"):
        assert served.ask(f"/api/trainings/{run}/{what}", {}) == (
            404,
            {"error": "photos: nobody is at work on this run; it has ended."},
        )
    status, said = served.ask("/api/trainings", {"kind": "resume", "run": run})
    assert status == 200
    trains(served, said["job"])
    status, refused = served.ask(f"/api/trainings/{run}/resume", {})
    assert (status, refused["error"].split(" (process")[0]) == (409, "photos: is training already")
    assert served.ask(f"/api/trainings/{run}/stop", {})[0] == 200
    assert ended(served, said["job"])["state"] == "stopped"


def test_two_studios_that_start_at_once_get_two_runs(
    serve: Callable[..., Any], photos: Path, tmp_path: Path
) -> None:
    one, other = serve(photos, tmp_path), serve(photos, tmp_path)
    first, second = (begun(served, name="same", options=SMALL | {"epochs": 1}) for served in (one, other))
    names = {ended(served, job["job"])["run"] for served, job in ((other, first), (one, second))}
    assert names == {identity("same"), identity("same-2")}


def test_a_training_outlives_the_studio(photos: Path, tmp_path: Path) -> None:
    token = secrets.token_urlsafe(16)

    def studio(port: int) -> tuple["subprocess.Popen[str]", str]:
        command = [
            sys.executable,
            "-m",
            "convolens",
            "studio",
            str(photos),
            "--runs",
            str(tmp_path / "runs"),
            "--no-browser",
        ]
        process = subprocess.Popen(
            [*command, "--port", str(port), "--token", token],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(convolens.__file__).parents[1])},
        )
        assert process.stdout is not None
        address = next(line for line in process.stdout if "http://" in line).split()[-1].partition("/?")[0]
        return process, address

    def ask(address: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            address + path,
            None if body is None else json.dumps(body).encode(),
            {"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ConnectionError):
            return None

    process, address = studio(0)
    try:
        wait_for(lambda: ask(address, "/api/runs"))
        training = ask(address, "/api/trainings", {"name": "lives", "options": SMALL | {"epochs": 3000}})
        run = wait_for(
            lambda: (
                (found := ask(address, "/api/trainings")["trainings"][0])["run"]
                and any(event["event"] == "epoch" for event in found["events"])
                and found["run"]
            )
        )
    finally:
        process.kill()
        process.wait()
    place = tmp_path / "runs/lives"
    alive = holder(place)
    assert alive is not None
    assert start_of(alive) is not None
    process, address = studio(0)
    try:
        seen = wait_for(lambda: ask(address, f"/api/runs/{run}"))
        assert seen["state"] == "running"
        assert seen["job"]["job"] == training["job"]
        epochs = len(seen["history"])
        wait_for(lambda: len(ask(address, f"/api/runs/{run}")["history"]) > epochs + 1)  # it goes on
        assert ask(address, f"/api/trainings/{run}/stop", {}) == {"asked": True}
        done = wait_for(lambda: (found := ask(address, f"/api/runs/{run}"))["state"] == "done" and found)
        assert done["findings"]
        assert done["job"]["state"] == "stopped"
    finally:
        process.kill()
        process.wait()


def test_a_number_that_went_to_another_process_is_not_signalled(
    serve: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    run = tmp_path / "runs/old"
    run.parent.mkdir()
    subprocess.run(["cp", "-r", str(trained / "runs/first"), str(run)], check=True)
    other = subprocess.Popen(["sleep", "60"])
    try:
        (run / ".lock").write_text(str(other.pid))  # as a killed training leaves it
        served = serve(trained / "photos", tmp_path)
        assert served.ask("/api/runs")[1]["runs"][0]["state"] == "done"
        assert served.ask(f"/api/trainings/{identity('old')}/stop", {})[0] == 404
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_damaged_checkpoint_is_told_and_a_whole_run_learns_longer(
    serve: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    for name in ("whole", "damaged"):
        subprocess.run(["cp", "-r", str(trained / "runs/first"), str(tmp_path / name)], check=True)
    for manifest in (tmp_path / "damaged/checkpoints").glob("state-*/manifest.json"):
        manifest.write_text("{}")
    served = serve(trained / "photos", tmp_path, tmp_path)
    longer, damaged = (
        begun(served, kind="resume", run=identity(name), options={"epochs": 5})
        for name in ("whole", "damaged")
    )
    found = ended(served, damaged["job"])
    assert (found["state"], "damaged" in found["message"]) == ("failed", True), found["message"]
    assert ended(served, longer["job"])["state"] == "done"
    shown = served.ask(f"/api/runs/{identity('whole')}")[1]
    assert (shown["epochs"], shown["of"], len(shown["history"])) == (5, 5, 5)
    status, said = served.ask(
        "/api/trainings", {"kind": "resume", "run": identity("whole"), "options": {"size": 3}}
    )
    assert (status, said["error"].startswith("resume: unknown argument 'size'.")) == (400, True)
