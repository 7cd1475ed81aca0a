"""explain: the pictures of a run's photos, one page, and what predict says; bad input leaves nothing behind."""

import hashlib
import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from convolens import runs
from convolens.analysis.explain import filters, grad_cam, integrated_gradients, top_photos
from convolens.errors import ArgumentError, ImageError, MissingFileError, ShapeError, UnknownNameError
from convolens.runs.explanation.methods import MOST_LAYERS, chosen_layers
from convolens.runs.folder.calibration_file import Calibration, write_calibration
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from images import truncated_jpeg

PAINTED = True
METHODS = ("grad-cam", "grad-cam++", "occlusion", "integrated-gradients")


def explain(run, photos, **options):
    return runs.explain(runs.ExplainOptions(run.folder.path, [str(photo) for photo in photos], **options))


def drawn(path):
    """Return a picture's pixels, and check that it shows something."""
    pixels = np.asarray(Image.open(path).convert("RGB"))
    assert pixels.std() > 5, path
    return pixels


def test_one_photo(small_run, small_data, tmp_path):
    photo = small_data / "dark" / "00.png"
    done = explain(small_run, [photo], out=tmp_path / "why")
    (answer,) = runs.predict(small_run.folder.path, [photo])
    (found,) = done.photos
    assert found.answers == answer.answers, "to the bit what predict says"
    assert found.explained == answer.label
    assert found.layer == "conv2d_3"
    trained = runs.load(small_run.folder)
    image = trained.preprocessing(trained.preprocessing.read(photo)[None])[0]
    number = trained.class_names.index(answer.label)
    assert found.completeness_gap == integrated_gradients(trained.model, image, number).gap <= 0.01
    names = sorted(
        path.relative_to(done.folder).as_posix() for path in done.folder.rglob("*") if path.is_file()
    )
    maps = [name for name in names if name.startswith("feature-maps/")]
    assert names == sorted(["explain.html", "filters.png", "heat-maps.png", *maps])
    assert [name[13:] for name in maps] == [
        "001-conv2d.png", "002-conv2d_1.png", "003-max_pooling2d.png", "004-conv2d_2.png", "005-conv2d_3.png", "006-max_pooling2d_1.png",
    ]  # fmt: skip
    for name in names[1:]:
        drawn(done.folder / name)
    page = (done.folder / "explain.html").read_text()
    assert page.count('src="data:image/png;base64,') == len(names) - 1, "all pictures are in the page"
    assert not re.search(r'(src|href)="(?!data:)', page), "and nothing is loaded from elsewhere"
    for words in ("Grad-CAM++", "Occlusion", "Integrated gradients", f"{answer.confidence:.1%}", "conv2d_3"):
        assert words in page
    json.dumps(done.as_dict())
    assert {str(path) for path in done.folder.rglob("*.png")} == {
        *done.as_dict()["photos"][0]["files"], str(done.folder / "filters.png"),
    }  # fmt: skip


def test_where_it_lies(small_run, small_data, tmp_path):
    photo = small_data / "light" / "01.png"
    quick = {"methods": ("grad-cam",), "feature_maps": False}
    places = [explain(small_run, [photo], **quick).folder for _ in range(2)]
    assert places == [small_run.folder.path / "explanations" / name for name in ("01", "01-2")]
    (tmp_path / "taken").mkdir()
    explain(small_run, [photo], out=tmp_path / "taken", **quick)  # an empty folder is free
    before = {path: path.read_bytes() for path in (tmp_path / "taken").iterdir()}
    with pytest.raises(ArgumentError, match=r"explain: .*taken is taken; name another folder by --out"):
        explain(small_run, [photo], out=tmp_path / "taken", **quick)
    assert {path: path.read_bytes() for path in (tmp_path / "taken").iterdir()} == before
    shutil.rmtree(small_run.folder.path / "explanations")


def test_several_photos_and_one_that_is_broken(small_run, small_data, tmp_path):
    broken = truncated_jpeg(tmp_path / "cut.jpg")
    photos = [small_data / "dark" / "00.png", broken, small_data / "light" / "00.png"]
    done = explain(small_run, photos, methods=("occlusion",), class_name="light", out=tmp_path / "why")
    assert [photo.path for photo in done.photos] == sorted(photos)
    assert [photo.path for photo in done.photos if photo.error] == [broken]
    assert {photo.explained for photo in done.photos if not photo.error} == {"light"}
    assert {photo.completeness_gap for photo in done.photos} == {None}
    assert sorted(path.name for path in done.folder.iterdir() if path.is_dir()) == ["001-00", "002-00"]
    assert not list(done.folder.rglob("feature-maps")), "only where there is one photo"
    assert "truncated" in (done.folder / "explain.html").read_text()
    with pytest.raises(ImageError, match="truncated"):
        explain(small_run, [broken], out=tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_filter_and_its_photos(small_run, small_data, tmp_path):
    done = explain(
        small_run, [small_data / "dark" / "00.png"], methods=("grad-cam++",), feature_maps=False, layer="conv2d_1", filter=2,
        filters="conv2d_2", top_photos=str(small_data), out=tmp_path / "why",
    )  # fmt: skip
    assert done.photos[0].layer == "conv2d_1"
    drawn(done.folder / "top-photos.png")
    page = (done.folder / "explain.html").read_text()
    assert "The photos on which filter 2 of conv2d_1 answers most" in page
    assert "(5 x 5 pixels)" in page, "two convolutions of 3 x 3 see that"
    trained = runs.load(small_run.folder)
    count = len(filters(trained.model, "conv2d_2"))
    assert f"conv2d_2: {count} filters of 3 x 3" in page
    batch = np.stack([trained.preprocessing.read(small_data / name / "00.png") for name in ("dark", "light")])
    best = top_photos(trained.model, [trained.preprocessing(batch)], "conv2d_1", 2, most=1)
    assert best[0].number in (0, 1)


def test_heat_is_drawn_over_what_the_network_saw(small_run, small_data):
    trained = runs.load(small_run.folder)
    pixels = trained.preprocessing.read(small_data / "dark" / "00.png")
    assert pixels.shape == (8, 8, 3), "the photo itself is 24 x 20"
    assert grad_cam(trained.model, trained.preprocessing(pixels[None])[0]).shape == (8, 8)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        (
            {"class_name": "drk"},
            UnknownNameError,
            "explain: unknown class 'drk'. Did you mean 'dark'? Known: dark, light, middling.",
        ),
        (
            {"methods": ("gradcam",)},
            UnknownNameError,
            "--method must be one of 'grad-cam', .*; received 'gradcam'. Did you mean 'grad-cam'?",
        ),
        ({"methods": ()}, ArgumentError, "explain: --method names none; give one of grad-cam, "),
        ({"layer": "conv2d_9"}, UnknownNameError, "unknown layer 'conv2d_9'. Did you mean 'conv2d_"),
        ({"layer": "dense"}, ShapeError, "layer 'dense' (Dense) gives numbers of shape (1, "),
        (
            {"filters": "max_pooling2d"},
            ShapeError,
            "layer 'max_pooling2d' (MaxPooling2D) has no convolution kernels",
        ),
        ({"filter": 3}, ArgumentError, "explain: --top-photos DATA and --filter N go together"),
        (
            {"filter": 999, "top_photos": "DATA"},
            ShapeError,
            "layer 'conv2d_3' has 64 filters, 0 to 63; received filter 999",
        ),
        (
            {"filter": -1, "top_photos": "DATA"},
            ArgumentError,
            "filter must be an integer of at least 0; received -1",
        ),
        ({"filter": 0, "top_photos": "nowhere"}, MissingFileError, "nowhere: no such photo or folder"),
        ({"weights": "newest"}, UnknownNameError, "which must be one of 'best', 'last'"),
    ],
)
def test_bad_input(small_run, small_data, tmp_path, options, error, words):
    if options.get("top_photos") == "DATA":
        options = options | {"top_photos": str(small_data)}
    pattern = ".*".join(re.escape(part) for part in words.split(".*"))
    with pytest.raises(error, match=pattern):
        explain(small_run, [small_data / "dark" / "00.png"], out=tmp_path / "none", **options)
    assert not (tmp_path / "none").exists(), "nothing is left behind"


def test_weights_that_are_nan(small_run, small_data, tmp_path):
    import safetensors.torch

    copy = RunFolder(tmp_path / "run")
    shutil.copytree(small_run.folder.path, copy.path)
    weights = safetensors.torch.load_file(copy.best)
    safetensors.torch.save_file({name: tensor * float("nan") for name, tensor in weights.items()}, copy.best)
    options = runs.ExplainOptions(copy.path, [str(small_data / "dark" / "00.png")], out=tmp_path / "none")
    with pytest.raises(
        ArgumentError,
        match="the network gives NaN or infinite scores for this image; its weights are damaged",
    ):
        runs.explain(options)
    assert not (tmp_path / "none").exists()


def test_long_networks_are_thinned_out():
    from convolens.applications import build

    model = build("mobilenet-v3-small", (32, 32, 3), 2)
    image = np.zeros((32, 32, 3), np.float32)
    calls, total = chosen_layers(model, image, "features.5.block.1.0")
    assert total > 100
    assert len(calls) in (MOST_LAYERS, MOST_LAYERS + 1)
    assert "features.5.block.1.0" in [call.name for call in calls]
    assert not any("Pad" in call.kind for call in calls)
    assert len({call.map_shape for call in calls}) > 5, "from the first to the last"


def test_confidences_are_calibrated_as_those_of_predict(small_run, small_data, tmp_path):
    folder = RunFolder.open(shutil.copytree(small_run.folder.path, tmp_path / "run"))
    sealed = hashlib.sha256(folder.best.read_bytes()).hexdigest()
    write_calibration(folder, Calibration(3.0, 40, 0.1, 0.05, sealed))
    photo = small_data / "dark" / "00.png"
    asked = runs.ExplainOptions(folder.path, [str(photo)], methods=("occlusion",), out=tmp_path / "why")
    (found,) = runs.explain(asked).photos
    (answer,) = runs.predict(folder.path, [photo])
    (own,) = runs.predict(folder.path, [photo], calibrated=False)
    assert found.answers == answer.answers
    assert answer.confidence < own.confidence


def test_a_head_without_gradient_takes_occlusion_only(small_run, small_data, tmp_path, capsys):
    runs.probe(
        runs.ProbeOptions(
            small_run.folder.path, small_data, learners=("neighbours",), folds=2, out=tmp_path / "probed"
        ),
        Screen(quiet=True),
    )
    photo = str(small_data / "dark" / "00.png")
    options = runs.ExplainOptions(tmp_path / "probed", [photo], out=tmp_path / "why", feature_maps=False)
    for method, said in (
        ("grad-cam", "or take occlusion, which needs no gradient"),
        ("integrated-gradients", "needs none"),
    ):
        with pytest.raises(ArgumentError, match=rf"explain: no .*{said}\."):
            runs.explain(replace(options, methods=(method,)))
    assert not (tmp_path / "why").exists()
    done = runs.explain(options, Screen())
    said = " ".join(capsys.readouterr().out.split())
    for method in ("grad-cam", "grad-cam++", "integrated-gradients"):
        assert f"{method} is left out: no " in said
    assert done.photos[0].layer is None
    assert done.photos[0].completeness_gap is None
    drawn(tmp_path / "why" / "heat-maps.png")


def test_the_networks_of_a_k_fold_training_have_no_map_in_common(small_data, tmp_path, capsys):
    asked = runs.TrainOptions(small_data, size=8, epochs=1, kfold=2, threads=1, out=tmp_path / "run")
    run = runs.kfold(asked, Screen(quiet=True)).folder.path
    photo = str(small_data / "dark" / "00.png")
    capsys.readouterr()
    done = runs.explain(runs.ExplainOptions(run, [photo], feature_maps=False), Screen())
    said = " ".join(capsys.readouterr().out.split())
    assert "grad-cam is left out: no layer by itself gives a map" in said
    assert "occlusion is" not in said
    assert done.photos[0].layer is None
    assert done.photos[0].completeness_gap < 0.5
