"""A run as its page shows it: epochs, the best of them, findings, and what its job told beside that."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from convolens.callbacks.monitor import is_better, larger_is_better
from convolens.errors import ConvolensError
from convolens.files import plain_json
from convolens.runs.folder.record import read_record
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.jobs.job import Job
from convolens.studio.records.summaries import Summary, history
from convolens.studio.workspace.plain import plain

_TOLD = ("first_answer", "measurement", "plan")  # events of which the newest counts
_RESULTS = (
    "accuracy",
    "macro_f1",
    "loss",
    "images",
    "images_per_second",
    "baseline_accuracy",
    "best_epoch",
    "epochs",
)
Row = dict[str, float | None]


def details(run: RunFolder, summary: Summary, jobs: Sequence[Job]) -> dict[str, Any]:
    """Return plain values for JSON.

    Args:
        run: its folder.
        summary: of it.
        jobs: that worked on it, the newest first; none where it was started elsewhere.
    """
    results, table = _read(run)
    rows = history(run)
    told = [event for job in reversed(jobs) for event in job.events]
    newest = {event["event"]: event for event in told if event["event"] in _TOLD}
    settings, data = _table(table, "settings"), _table(table, "data")
    monitor = str(settings.get("monitor", "val_loss"))
    findings = results.get("findings")
    ended = summary.state != "running" and "best_epoch" in results
    return plain(
        {
            **summary.as_dict(),
            "history": rows,
            "best": results["best_epoch"] if ended else best_epoch(rows, monitor),
            "monitor": monitor,
            "findings": findings if isinstance(findings, list) else [],
            "results": {name: results[name] for name in _RESULTS if name in results},
            **{name: newest.get(name) for name in _TOLD},
            "first_answer": newest.get("first_answer") or results.get("first_answer"),
            "epoch_events": [event for event in told if event["event"] == "epoch"],
            "training_photos": data.get("training_images"),
            "command": table.get("command"),
            "report": report_of(run.path) is not None,
            "job": jobs[0].as_dict() if jobs else None,
            "progress": told[-1] if told and told[-1]["event"] == "progress" else None,
            "log": jobs[0].tail() if jobs else "",
        }
    )


def _table(tables: dict[str, Any], name: str) -> dict[str, Any]:
    found = tables.get(name)
    return found if isinstance(found, dict) else {}


def _read(run: RunFolder) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return results.json and run.toml; what cannot be read is empty, and the summary says why."""
    try:
        results = plain_json.read(run.results)
    except ConvolensError:
        results = {}
    try:
        table = dict(read_record(run, probes=True).tables)
    except ConvolensError:
        table = {}
    return results if isinstance(results, dict) else {}, table


def best_epoch(rows: Sequence[Row], monitor: str) -> int | None:
    """Return the epoch whose measure is the best so far; None where none has one.

    Example:
        >>> best_epoch([{"epoch": 1.0, "val_loss": 0.5}, {"epoch": 2.0, "val_loss": 0.6}], "val_loss")
        1
    """
    larger = bool(larger_is_better(monitor, "auto"))
    best: tuple[int, float] | None = None
    for row in rows:
        value, epoch = row.get(monitor), row.get("epoch")
        known = None if best is None else best[1]
        if value is not None and epoch is not None and is_better(value, known, larger=larger):
            best = int(epoch), value
    return None if best is None else best[0]


def report_of(run: Path) -> Path | None:
    """Return the page that a run wrote of itself, if it is there, in the run's folder and nowhere else."""
    page = RunFolder(run).report
    inside = page.resolve().parent == run.resolve()
    return page if inside and page.is_file() else None
