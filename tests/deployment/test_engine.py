"""The exported file that a run keeps answers as the run does, and is made anew where the run is another."""

import shutil

import numpy as np

from convolens import deployment, runs
from convolens.runs.output.screen import Screen
from images import patterned, truncated_jpeg
from typed import call

QUIET = Screen(quiet=True)


def test_it_is_kept_until_the_run_is_another(run, tmp_path):
    copy = shutil.copytree(run, tmp_path / "run")
    first = deployment.engine_of(copy, screen=QUIET)
    made = first.stat().st_mtime_ns
    assert deployment.engine_of(copy, screen=QUIET) == first
    assert first.stat().st_mtime_ns == made
    bare = deployment.engine_of(copy, calibrated=False, screen=QUIET)
    assert deployment.OnnxModel(bare).description.error_rate is None
    assert [path.name for path in copy.glob("*engine-*")] == [bare.parent.name]


def test_the_same_answers(run, tmp_path):
    copy, photos = shutil.copytree(run, tmp_path / "run"), patterned(tmp_path / "photos", 70)
    truncated_jpeg(photos / "cut.jpg")
    status, _, complained = call("predict", copy, photos, "--engine", "onnxruntime", "--json")
    assert status == 2
    assert "1 of 71 files could not be read" in complained
    ours = deployment.predict(deployment.engine_of(copy, screen=QUIET), [photos])
    theirs = runs.predict(copy, [photos])
    for a, b in zip(ours, theirs, strict=True):
        assert (a.path, a.label, a.unknown, a.error) == (b.path, b.label, b.unknown, b.error)
        np.testing.assert_allclose([p for _, p in a.answers], [p for _, p in b.answers], atol=1e-4)
    status, _, complained = call("predict", copy, photos, "--engine", "tensorrt")
    assert (status, len(complained.splitlines())) == (2, 1)
    assert "engine must be one of" in complained
