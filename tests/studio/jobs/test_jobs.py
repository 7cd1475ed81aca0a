"""Jobs: found again from their files, however these look; processes known by their start, not their number alone."""

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from convolens.errors import BusyError, WriteError
from convolens.studio.jobs import jobs as jobs_file
from convolens.studio.jobs.event_lines import EventLines
from convolens.studio.jobs.job import Job, Record
from convolens.studio.jobs.jobs import Jobs
from convolens.studio.jobs.processes import has_open, send, start_of
from convolens.studio.jobs.watching import JobWatch
from convolens.studio.workspace.workspace import Workspace


@pytest.fixture
def jobs(tmp_path: Path) -> Jobs:
    (tmp_path / "photos").mkdir()
    return Jobs(Workspace(tmp_path / "photos", tmp_path / "runs", tmp_path))


def wait(job: Job) -> str:
    end = time.monotonic() + 60
    while job.lives() and time.monotonic() < end:
        time.sleep(0.02)
    return job.state()


def test_a_process_is_another_when_it_ends_and_while_nobody_waits_for_it() -> None:
    process = subprocess.Popen(["sleep", "60"])
    start = start_of(process.pid)
    assert start is not None
    assert start_of(process.pid) == start
    assert not send(process.pid, "another", signal.SIGKILL)
    assert process.poll() is None
    assert send(process.pid, start, signal.SIGKILL)
    while start_of(process.pid) is not None:  # it has ended, and waits for us
        time.sleep(0.01)
    process.wait()
    assert not send(process.pid, start, signal.SIGKILL)


def test_who_has_a_file_open_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with path.open("w"):
        assert has_open(os.getpid(), path)
    assert not has_open(os.getpid(), path)
    assert not has_open(os.getpid(), tmp_path / "none")


def test_a_command_runs_and_is_found_again(jobs: Jobs) -> None:
    job = jobs.start("train", "none", ["train", "no-such-folder", "--out", "runs/it's"])
    assert job.lives()
    assert wait(job) == "failed"
    assert job.message() == "no-such-folder: no such folder; give the folder that holds the class folders."
    assert job.record.typed == "convolens train no-such-folder --out 'runs/it'\"'\"'s'"
    again = Jobs(jobs.workspace)
    (found,) = again.all()
    assert found.record == job.record
    assert (found.state(), found.message(), found.run) == ("failed", job.message(), None)
    assert jobs.workspace.state / "jobs" == found.place


def test_a_command_that_makes_something_is_done_where_that_is_there(jobs: Jobs, tmp_path: Path) -> None:
    job = jobs.start("export", "x", ["export", "no-run"], makes=tmp_path / "made")
    assert wait(job) == "failed"
    assert job.message() == "no-run: no such run folder; `convolens train` makes one."
    (tmp_path / "made").mkdir()
    assert job.state() == "done"


def test_a_job_is_not_of_a_run_that_was_begun_after_it(jobs: Jobs, tmp_path: Path) -> None:
    run = tmp_path / "runs/a"
    run.mkdir(parents=True)
    for name in ("run.toml", "first_batch.png"):
        (run / name).write_text("")
    job = jobs.start("resume", "a", ["resume", "a"], run)
    wait(job)
    later = time.time() + 60
    os.utime(run / "run.toml", (later, later))  # it went on
    assert jobs.of_run(run) == [job]
    os.utime(run / "first_batch.png", (later, later))  # it was deleted, and another made
    assert jobs.of_run(run) == []


def test_two_jobs_on_one_run_are_refused(jobs: Jobs, tmp_path: Path) -> None:
    run = tmp_path / "runs/a"
    first = jobs.start("resume", "a", ["resume", str(run)], run)
    with pytest.raises(BusyError, match=r"^a: resume is at work on it already; wait until it has ended\.$"):
        jobs.start("resume", "a", ["resume", str(run)], run)
    wait(first)
    wait(jobs.start("resume", "a", ["resume", str(run)], run))


def test_a_place_that_cannot_be_written_is_told(jobs: Jobs) -> None:
    (jobs.workspace.state).parent.mkdir()
    jobs.workspace.state.write_text("a file in its place")
    with pytest.raises(WriteError, match=r"cannot write .*jobs.*: "):
        jobs.start("train", "a", ["train"])


def test_what_cannot_be_remembered_is_not_begun(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    def full(path: Path, values: dict[str, object]) -> None:
        started.append(values["process"])
        raise WriteError(f"cannot write {path}: No space left on device.")

    monkeypatch.setattr(jobs_file, "write_json", full)
    with pytest.raises(WriteError, match="No space left"):
        jobs.start("train", "a", ["train", "x"])
    assert start_of(int(str(started[0]))) is None
    assert jobs.all() == []
    assert list(jobs.places[0].iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"id": 1}', '{"process": "x"}'])
def test_a_damaged_file_is_left_out(jobs: Jobs, content: str) -> None:
    jobs.places[0].mkdir(parents=True)
    (jobs.places[0] / "a.json").write_text(content)
    assert jobs.all() == []


def test_events_are_read_as_they_come(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = EventLines(path)
    assert lines.read() == []
    path.write_bytes(b'{"event": "plan", "run": "a"}\n{"event"')
    assert [event["event"] for event in lines.read()] == ["plan"]
    with path.open("ab") as file:
        file.write(b': "epoch", "x": NaN}\n\xff\n[3]\n{"no": 1}\n{"event": 3}\n' + b"[" * 100_000 + b"\n")
    assert lines.read() == [{"event": "plan", "run": "a"}, {"event": "epoch", "x": None}]


def test_only_the_newest_ended_ones_stay(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_file, "KEPT", 2)
    place = jobs.places[0]
    place.mkdir(parents=True)
    for number in range(4):
        record = Record(f"old-{number}", "train", "a", ("a",), "a", 1, "long ago", float(number))
        (place / f"old-{number}.json").write_text(json.dumps(record.as_dict()))
    wait(jobs.start("train", "a", ["train", "no-such-folder"]))
    jobs.start("train", "a", ["train", "no-such-folder"])
    assert {"old-0", "old-1", "old-2"}.isdisjoint(job.record.id for job in jobs.all())


def test_the_watch_tells_once(jobs: Jobs) -> None:
    watch = JobWatch(jobs)
    assert watch() == []
    job = jobs.start("train", "a", ["train", "no-such-folder"])
    (item,) = watch()
    assert (item.topic, item.values["job"], item.values["state"]) == ("job", job.record.id, "running")
    wait(job)
    (item,) = watch()
    assert (item.values["state"], item.values["events_before"], item.values["run"]) == ("failed", 0, None)
    assert [event["event"] for event in item.values["events"]] == ["failed"]
    assert watch() == []
    shutil.rmtree(job.place)
    assert watch() == []
