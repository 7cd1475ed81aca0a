"""What the studio says of photos: digit for digit what `predict`, `explain` and `neighbours` say, and written nowhere."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from PIL import Image

from convolens import runs
from convolens.analysis.explain import grad_cam, occlusion
from convolens.layers import Dense, Flatten, Input
from convolens.models import Sequential
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.predictions_file import read_predictions
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.studio.answers.photo import LIMIT
from convolens.studio.workspace.identity import identity
from images import patterned

QUIET = Screen(quiet=True)
RUN = identity("first")


def _photos(place: Path) -> list[Path]:
    """Return photos of all kinds: learnt from, of none of the classes, JPEG, turned, grey, one without an ending."""
    known = sorted((place / "photos").glob("*/*.png"))[::13]
    made = place / "others"
    if not made.is_dir():
        patterned(made, 3)
        image = Image.open(known[0]).resize((90, 60))
        image.save(made / "a.jpg", quality=80)
        turned = image.getexif()
        turned[0x0112] = 6
        image.save(made / "b.JPG", exif=turned)
        image.convert("L").save(made / "c.jpeg")
        image.save(made / "no ending", "png")
    return [*known, *sorted(made.iterdir())]


def _asked(path: str, **query: Any) -> str:
    return f"/api/answers{path}?{urlencode({'run': RUN, **query})}"


def test_it_says_what_predict_says(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    photos = _photos(trained)
    expected = [runs.predict(trained / "runs/first", [path], top=3)[0] for path in photos]
    assert {one.unknown for one in expected} == {True, False}  # both are among them
    for one in expected:
        status, said = served.ask(_asked("", name=one.path.name), one.path.read_bytes())
        assert status == 200
        figures = [(item["label"], item["confidence"]) for item in said["answers"]]
        assert figures == list(one.answers)
        assert (said["label"], said["unknown"]) == (one.label, one.unknown)
        assert (said["why"] is not None) == one.unknown
        if one.path.is_relative_to(trained / "photos"):
            lying = served.ask(_asked(f"/{identity(one.path.relative_to(trained / 'photos'))}"))[1]
            assert lying["answers"] == said["answers"]


def test_as_many_classes_as_are_wanted(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    photo = _photos(trained)[0].read_bytes()
    assert len(served.ask(_asked("", top=1), photo)[1]["answers"]) == 1
    status, said = served.ask(_asked("", top=0), photo)
    assert status == 400
    assert said["error"] == "top: Input should be greater than or equal to 1; it was '0'."


def test_the_run_is_told_of(serve: Callable[..., Any], trained: Path) -> None:
    about = serve(trained / "photos", trained).ask(_asked(""))[1]
    assert about["classes"] == ["circle", "cross", "stripe"]
    assert about["tells_unknown"]
    assert any("are called 'unknown'" in line for line in about["lines"])
    assert about["methods"][0] == {"name": "grad-cam"}


def _seen(trained: Path, path: Path) -> tuple[TrainedModel, np.ndarray]:
    network = model_file.load(RunFolder(trained / "runs/first"))
    return network, network.preprocessing(network.preprocessing.read(path)[np.newaxis])[0]


@pytest.mark.parametrize("label", [None, "circle", "stripe"])
def test_the_heat_map_is_that_of_explain(serve: Callable[..., Any], trained: Path, label: str | None) -> None:
    served = serve(trained / "photos", trained)
    path = _photos(trained)[0]
    query = {} if label is None else {"class": label}
    status, picture = served.ask(_asked("/heat", name=path.name, **query), path.read_bytes())
    assert status == 200
    network, image = _seen(trained, path)
    number = None if label is None else network.class_names.index(label)
    heat = grad_cam(network.model, image, number)
    drawn = np.asarray(Image.open(io.BytesIO(picture)))
    assert drawn.shape == (*heat.shape, 4)
    alpha = drawn[..., 3] / 255 / 0.85
    np.testing.assert_allclose(alpha, heat, atol=0.01)
    assert heat.max() == 0 or heat[np.unravel_index(alpha.argmax(), alpha.shape)] == pytest.approx(
        1, abs=0.01
    )
    lying = served.ask(_asked(f"/{identity(path.relative_to(trained / 'photos'))}/heat", **query))[1]
    assert lying == picture


def test_other_methods(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    path = _photos(trained)[0]
    picture = served.ask(
        _asked("/heat", name=path.name, method="occlusion", **{"class": "cross"}), path.read_bytes()
    )[1]
    network, image = _seen(trained, path)
    heat = occlusion(network.model, image, 1)
    drawn = np.asarray(Image.open(io.BytesIO(picture))).astype(int)
    strongest = np.unravel_index(np.abs(heat).argmax(), heat.shape)
    assert drawn[strongest][3] == drawn[..., 3].max()
    red, _, blue, _ = drawn[strongest]
    assert (red > blue) == (heat[strongest] > 0)  # red speaks for it


def test_the_nearest_are_those_of_neighbours(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    path = trained / "others/a.jpg" if (trained / "others").is_dir() else _photos(trained)[-4]
    found = served.ask(_asked("/nearest", name=path.name, count=8), path.read_bytes())[1]
    options = runs.NeighbourOptions(trained / "runs/first", path, trained / "photos", count=90)
    expected = {one.path: one for one in runs.neighbours(options, QUIET)}
    scored = {one.path for one in read_predictions(trained / "runs/first/predictions.csv")}
    learnt = [one for one in expected.values() if Path(one.path) not in scored]
    assert found["photos"] == len(learnt) == 90 - len(scored)
    assert [one["distance"] for one in found["neighbours"]] == pytest.approx(
        [one.distance for one in learnt[:8]], abs=1e-5
    )
    assert [one["label"] for one in found["neighbours"]] == [one.label for one in learnt[:8]]
    assert sum(one["photos"] for one in found["counts"]) == 8


def test_a_photo_is_no_neighbour_of_its_own(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    scored = {one.path for one in read_predictions(trained / "runs/first/predictions.csv")}
    path = next(one for one in sorted((trained / "photos").glob("*/*")) if one not in scored)
    photo = identity(path.relative_to(trained / "photos"))
    found = served.ask(_asked(f"/{photo}/nearest", count=5))[1]
    assert photo not in [one["photo"] for one in found["neighbours"]]
    sent = served.ask(_asked("/nearest", count=5), path.read_bytes())[1]
    assert sent["neighbours"][0]["photo"] == photo  # of one that is sent nobody knows where it lies
    assert sent["neighbours"][0]["distance"] == pytest.approx(0, abs=1e-6)


def test_nothing_is_written_of_what_is_sent(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    data = _photos(trained)[0].read_bytes()

    def there() -> set[str]:
        return {os.path.join(place, name) for place, _, names in os.walk(trained) for name in names}

    before = there()
    for path in ("", "/heat", "/nearest"):
        assert served.ask(_asked(path, name="../../evil.png"), data)[0] == 200
    assert there() == before


def _bomb() -> bytes:
    """Return a PNG that claims 100,000 x 100,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"0" * 1000))
        + chunk(b"IEND", b"")
    )


WRONG = [
    (b"", 400, "no photo was sent; send the bytes of one as the body."),
    (b"hello", 400, "x.png: not an image that can be read, whatever its name says."),
    (b"%PDF-1.7 ...", 400, "x.png: not an image that can be read: a PDF file, which is not decoded; save it as PNG or JPEG."),
    (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, 400, "x.png: "),
    (_bomb(), 400, "x.png: Image size (10000000000 pixels) exceeds limit of 178956970 pixels, could be decompression bomb"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "status", "error"), WRONG, ids=["empty", "text", "pdf", "cut", "bomb"])
@pytest.mark.parametrize("path", ["", "/heat", "/nearest"])
def test_what_is_no_photo_is_told(
    serve: Callable[..., Any], trained: Path, data: bytes, status: int, error: str, path: str
) -> None:
    served = serve(trained / "photos", trained)
    answered, said = served.ask(_asked(path, name="x.png"), data, method="POST")
    assert answered == status
    assert said["error"].startswith(error)


def test_a_photo_that_is_too_large_is_told(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    status, said = served.ask(_asked("", name="x.png"), b"\0" * (LIMIT + 1))
    assert (status, said["error"]) == (
        413,
        "x.png: has 64 MiB, more than the 64 MiB of one photo; make it smaller.",
    )


def test_wrong_runs_classes_and_methods_are_told(
    serve: Callable[..., Any], trained: Path, tmp_path: Path
) -> None:
    served = serve(trained / "photos", trained)
    data = _photos(trained)[0].read_bytes()
    status, said = served.ask(f"/api/answers?run={identity('none')}", data)
    assert status == 404
    assert said["error"].endswith("is no longer there; it was moved or removed. Reload the page.")
    status, said = served.ask(f"/api/answers?run={identity('../first')}", data)
    assert status == 400
    assert "does not lie in" in said["error"]
    assert served.ask(_asked("/heat", **{"class": "circel"}), data) == (
        400,
        {"error": "heat map: unknown class 'circel'. Did you mean 'circle'? Known: circle, cross, stripe."},
    )
    status, said = served.ask(_asked("/heat", method="gradcam"), data)
    assert status == 400
    assert said["error"].startswith("heat map: ")
    assert "Did you mean 'grad-cam'?" in said["error"]
    assert served.ask(_asked(f"/{identity('gone.png')}"))[0] == 404
    assert serve(None, tmp_path).ask(_asked(f"/{identity('gone.png')}"))[0] == 404


@pytest.fixture
def odd(trained: Path, tmp_path: Path) -> Path:
    """Return a folder of runs that holds one without a convolution, and without a record."""
    network = Sequential(
        [Input((24, 24, 3)), Flatten(), Dense(4, activation="relu"), Dense(3, activation="softmax")]
    )
    like = model_file.load(RunFolder(trained / "runs/first"))
    folder = RunFolder.create(tmp_path / "runs/first")
    model_file.write(folder.model, TrainedModel(network, "dense", like.class_names, like.preprocessing))
    model_file.save_weights(network.module, folder.best)
    return tmp_path / "runs"


def test_what_cannot_be_had_is_told_and_the_rest_is_there(
    serve: Callable[..., Any], trained: Path, odd: Path
) -> None:
    served = serve(trained / "photos", trained, odd)
    data = _photos(trained)[0].read_bytes()
    status, said = served.ask(_asked(""), data)
    assert status == 200
    assert len(said["answers"]) == 3
    assert said["unknown"] is None
    status, said = served.ask(_asked("/heat"), data)
    assert status == 400
    assert "the network has no convolution, so no map to show" in said["error"]
    assert served.ask(_asked("/heat", method="occlusion"), data)[0] == 200
    status, said = served.ask(_asked("/nearest"), data)
    assert status == 404
    assert "run.toml" in said["error"]
