"""What Inside is told: each number is that of the cost and of the layers themselves."""

import json
import os
import threading
import urllib.request
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from convolens.analysis import cost
from convolens.analysis.explain import feature_maps, filters
from convolens.applications import build
from convolens.runs.folder import model_file
from convolens.runs.folder.run_folder import RunFolder
from convolens.studio.inside.layer_list import find_layers
from convolens.studio.inside.maps import find_maps
from convolens.studio.inside.networks import find_network
from convolens.studio.pictures.chosen import find_photo
from convolens.studio.shared import Studio
from convolens.studio.workspace.identity import identity

PHOTO, RUN = identity("circle/0-000.png"), identity("first")


@pytest.fixture
def served(serve: Callable[..., Any], trained: Path) -> Any:
    return serve(trained / "photos", trained)


def picture(served: Any, path: str) -> tuple[np.ndarray, Any]:
    request = urllib.request.Request(
        served.address + path, headers={"Authorization": "Bearer a-token-of-the-tests"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        told = json.loads(answer.headers.get("x-told") or "null")
        return np.asarray(Image.open(BytesIO(answer.read()))), told


def test_layers_of_a_run_cost_what_the_command_says(served: Any, trained: Path) -> None:
    status, found = served.ask(f"/api/inside/network?run={RUN}")
    assert status == 200
    trained_model = model_file.load(RunFolder.open(trained / "runs/first"))
    wanted = cost(trained_model.model, training=False)
    assert found["parameters"] == wanted.parameters
    assert found["multiply_accumulates"] == wanted.multiply_accumulates
    assert [one["name"] for one in found["layers"]] == [layer.title for layer in wanted.layers]
    for one, layer in zip(found["layers"], wanted.layers, strict=True):
        assert one["parameters"] == layer.parameters
        assert one["multiply_accumulates"] == layer.multiply_accumulates
        assert layer.output_shape is not None
        assert tuple(one["shape"]) == layer.output_shape[1:]
        assert layer.receptive_field is not None
        assert one["field"]["rows"] == layer.receptive_field.rows
    assert found["classes"] == ["circle", "cross", "stripe"]
    assert found["weights"] == "the best weights of first"


def test_maps_are_what_the_layers_give(served: Any, trained: Path) -> None:
    layers = served.ask(f"/api/inside/network?run={RUN}")[1]["layers"]
    network = model_file.load(RunFolder.open(trained / "runs/first"))
    pixels = network.preprocessing.read(trained / "photos/circle/0-000.png")
    wanted = feature_maps(network.model, network.preprocessing(pixels[np.newaxis])[0])
    shown = [one for one in layers if one["maps"]]
    assert [one["name"] for one in shown] == [one.layer.name for one in wanted]
    for one, of_layer in zip(shown, wanted, strict=True):
        query = f"run={RUN}&photo={PHOTO}&layer={one['number']}"
        sprite, told = picture(served, f"/api/inside/maps?{query}")
        assert told["channels"] == list(of_layer.channels)
        values = served.ask(f"/api/inside/values?{query}&channel={told['channels'][0]}")[1]
        exact = np.frombuffer(values, "<f4").reshape(told["rows"], told["columns"])
        assert np.allclose(exact, of_layer.maps[..., 0], atol=1e-6)
        assert told["high"][0] == pytest.approx(exact.max())
        height, width = told["tile"]
        tile = sprite[:height, :width]
        assert sprite.shape == (height * -(-len(told["channels"]) // told["across"]), width * told["across"])
        top = np.unravel_index(exact.argmax(), exact.shape)
        assert tile[top[0] * height // told["rows"], top[1] * width // told["columns"]] >= 254


def test_filters_are_the_layers(served: Any, trained: Path) -> None:
    layers = served.ask(f"/api/inside/network?run={RUN}")[1]["layers"]
    one = [layer for layer in layers if layer["filters"]][1]
    found = served.ask(f"/api/inside/filters?run={RUN}&layer={one['number']}&channel=1")[1]
    kernels = filters(model_file.load(RunFolder.open(trained / "runs/first")).model, one["name"])
    assert (found["of"], found["rows"], found["columns"], found["channels"]) == kernels.shape
    shown = np.array(found["values"], np.float32)
    assert np.array_equal(shown, kernels[found["filters"], :, :, 1])
    strengths = np.abs(shown).mean((1, 2))
    assert (np.diff(strengths) <= 1e-7).all()


def test_the_photo_is_as_the_network_sees_it(served: Any, trained: Path) -> None:
    shown, _ = picture(served, f"/api/inside/photo?run={RUN}&photo={PHOTO}")
    network = model_file.load(RunFolder.open(trained / "runs/first"))
    assert np.array_equal(shown, network.preprocessing.read(trained / "photos/circle/0-000.png"))


def test_an_architecture_has_fresh_weights_and_says_so(served: Any) -> None:
    found = served.ask("/api/inside/network?model=shallow-vgg")[1]
    assert found["weights"] == "fresh weights, drawn at random: it has learnt nothing yet"
    assert found["parameters"] == build("shallow-vgg", (32, 32, 3), 10).count_params() == 2_168_362
    assert served.ask(f"/api/inside/maps?model=shallow-vgg&photo={PHOTO}&layer=0")[0] == 200


def test_learnt_weights_of_a_package(served: Any) -> None:
    learnt = {
        one["name"] for one in served.ask("/api/inside/architectures")[1]["architectures"] if one["learnt"]
    }
    if "efficientnet-lite0" not in learnt:
        pytest.skip("the package of its weights is not installed")
    found = served.ask("/api/inside/network?model=efficientnet-lite0")[1]
    assert found["weights"] == "weights learnt from ImageNet"
    assert found["parameters"] == 4_652_008
    for layer in (found["layers"][1], [one for one in found["layers"] if one["maps"]][-1]):
        _, told = picture(
            served, f"/api/inside/maps?model=efficientnet-lite0&photo={PHOTO}&layer={layer['number']}"
        )
        assert [told["rows"], told["columns"], told["of"]] == layer["shape"]
        assert len(told["channels"]) == min(64, layer["shape"][2])


def test_two_who_ask_at_once_hear_only_their_own(served: Any, trained: Path) -> None:
    network = find_network(served.studio, RUN, None)
    photos = [find_photo(served.studio, identity(f"circle/0-{number:03d}.png")) for number in range(6)]
    alone = [find_maps(Studio(served.studio.workspace), network, photo).found for photo in photos]
    together: dict[int, Any] = {}

    def ask(number: int) -> None:
        together[number] = find_maps(served.studio, network, photos[number]).found

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for number, found in enumerate(alone):
        assert together[number].keys() == found.keys()
        for key, maps in found.items():
            assert np.array_equal(together[number][key].maps, maps.maps)


def test_a_new_training_is_a_new_network(served: Any, trained: Path) -> None:
    first = find_network(served.studio, RUN, None)
    assert find_network(served.studio, RUN, None) is first
    best = trained / "runs/first/checkpoints/best.safetensors"
    before = best.stat()
    best.touch()
    try:
        second = find_network(served.studio, RUN, None)
        assert second is not first
        assert find_layers(served.studio, second) is not find_layers(served.studio, first)
    finally:
        os.utime(best, ns=(before.st_atime_ns, before.st_mtime_ns))


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("network", 400, "inside: name a run, or an architecture: shallow-vgg,"),
        ("network?model=vgg61", 400, "inside: unknown architecture 'vgg61'. Did you mean"),
        (f"network?run={identity('none')}", 404, "{runs}/none: is no longer there; it was moved or removed. Reload the page."),
        (f"maps?model=shallow-vgg&photo={PHOTO}&layer=99", 400, "inside: shallow-vgg has layers 0 to 8; received layer 99."),
        (f"maps?model=shallow-vgg&photo={PHOTO}&layer=8", 400, "inside: layer 'dense_1' gives no map of its own; open another one."),
        (f"values?model=shallow-vgg&photo={PHOTO}&layer=0&channel=77", 400, "inside: channel 77 of 'conv2d' is not among those that are shown."),
        ("filters?model=shallow-vgg&layer=2", 400, "filters: layer 'max_pooling2d' (MaxPooling2D) has no convolution kernels;"),
        ("filters?model=shallow-vgg&layer=0&channel=3", 400, "inside: a filter of 'conv2d' has 3 channels, from 0; received channel 3."),
    ],
)  # fmt: skip
def test_what_is_none_is_told(served: Any, trained: Path, path: str, status: int, error: str) -> None:
    got, said = served.ask(f"/api/inside/{path}")
    assert got == status
    assert said["error"].startswith(error.format(runs=trained / "runs")), said
