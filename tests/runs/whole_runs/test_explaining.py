"""A run tells what it shows: on the terminal, in results.json and in the report; and how long it waited."""

import json
import shutil
import time

import numpy as np
import pytest
import torch
from rich.console import Console

from convolens import runs
from convolens.data.prepared import Part
from convolens.models import Model
from convolens.runs.answers.labelled import read_photos
from convolens.runs.folder.model_file import load
from convolens.runs.output.screen import Screen
from convolens.runs.tasks.probabilities import probabilities
from convolens.runs.tasks.single_label import SingleLabel
from convolens.runs.training.waiting import Waiting
from convolens.runs.whole_runs.explaining import rescore
from images import overlapping


def test_a_run_says_what_it_shows(small_data, tmp_path):
    screen = Screen(console=Console(record=True, width=400))
    result = runs.train(
        runs.TrainOptions(data=small_data, size=8, epochs=1, batch_size=16, out=tmp_path / "run"), screen
    )
    findings = result.outcome.findings
    assert 3 <= len(findings) <= 6
    printed = screen.console.export_text()
    page = result.folder.report.read_text()
    kept = json.loads(result.folder.results.read_text())["findings"]
    assert kept == [finding.as_dict() for finding in findings]
    assert "What this run shows" in page
    for finding in findings:
        assert f"{finding.title}: {finding.evidence}. Next: {finding.next_step}." in printed
    agrees = next(finding for finding in findings if "`predict`" in finding.title)
    photos = int(agrees.evidence.split()[0])
    assert agrees.severity == "note"
    assert f"{photos} answers the same" in agrees.evidence


def test_quiet_tells_problems_only(small_data, tmp_path):
    screen = Screen(quiet=True, console=Console(record=True, width=400))
    options = runs.TrainOptions(
        data=small_data, size=8, epochs=1, batch_size=16, learning_rate=1e-9, out=tmp_path / "run"
    )
    result = runs.train(options, screen)
    printed = screen.console.export_text()
    assert "No better than guessing" in printed
    notes = [finding.title for finding in result.outcome.findings if finding.severity != "problem"]
    assert notes
    assert not any(title in printed for title in notes)


def test_rescoring_sees_a_preprocessing_that_changed(noisy_run, tmp_path):
    folder = runs.RunFolder.open(shutil.copytree(noisy_run.folder.path, tmp_path / "copy"))
    trained = load(folder)
    data = overlapping(tmp_path / "data", {"dark": 20, "light": 20, "middling": 20}, seed=2)
    images = SingleLabel().list_labelled(data, None, trained.class_names)
    part = read_photos(images, trained, Screen(quiet=True))
    chances = probabilities(trained.model, part.pixels, trained.preprocessing)
    same = rescore(folder, SingleLabel(), part, chances, trained.class_names)
    assert (same.photos, same.same) == (60, 60)
    assert same.accuracy == same.accuracy_before == (chances.argmax(1) == part.labels).mean()
    description = json.loads(folder.model.read_text())
    description["preprocessing"]["rescale"] = 1.0
    folder.model.write_text(json.dumps(description))
    other = rescore(folder, SingleLabel(), part, chances, trained.class_names)
    assert other.same < 45
    assert other.accuracy_before == same.accuracy_before
    shutil.rmtree(data)
    assert (
        rescore(folder, SingleLabel(), Part(part.folder, part.pixels), chances, trained.class_names) is None
    )


class Slow(torch.nn.Linear):
    """A layer that takes its time."""

    def forward(self, x):
        time.sleep(0.02)
        return super().forward(x)


@pytest.mark.parametrize("slow", ["batches", "network"])
def test_waiting_is_measured(slow):
    def batches():
        while True:
            time.sleep(0.02 if slow == "batches" else 0)
            yield np.ones((4, 8), np.float32), np.ones((4, 1), np.float32)

    model = Model((torch.nn.Linear if slow == "batches" else Slow)(8, 1))
    model.compile("sgd", "mse")
    waiting = Waiting()
    assert waiting.share is None
    model.fit(batches(), epochs=2, steps_per_epoch=8, verbose=0, callbacks=[waiting])
    assert waiting.waited <= waiting.seconds
    assert (waiting.share > 0.5) == (slow == "batches")
    if slow == "batches":
        assert waiting.waited >= 0.9 * 14 * 0.02, "all but the first of each epoch, at least"
    assert not waiting.state_dict(), "nothing of it is kept, so that checkpoints stay the same"
