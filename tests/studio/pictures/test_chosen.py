"""The photo that a lesson works with: of the folder, a sample, or dropped; and many pictures as one."""

import io
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from convolens.data.decoding.decode import read_pixels
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.decoding.samples import Samples
from convolens.studio.pictures.chosen import dropped_id, find_photo
from convolens.studio.pictures.sprites import sprite
from convolens.studio.workspace import dropped
from convolens.studio.workspace.identity import identity
from images import photo


def png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "png")
    return file.getvalue()


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


def test_the_choices_are_of_each_class_in_turn(serve: Callable[..., Any], trained: Path) -> None:
    status, found = serve(trained / "photos", trained).ask("/api/chosen")
    assert status == 200
    assert [one["label"] for one in found["photos"][:4]] == ["circle", "cross", "stripe", "circle"]
    assert len(found["photos"]) == 24
    assert [one["id"] for one in found["samples"]] == ["~flower", "~temple", "~digit"]


def test_without_photos_there_are_samples(serve: Callable[..., Any], tmp_path: Path) -> None:
    served = serve(None, tmp_path)
    assert served.ask("/api/chosen")[1]["photos"] == []
    for sample, shape in (("~flower", (171, 256, 3)), ("~temple", (171, 256, 3)), ("~digit", (32, 32, 3))):
        status, found = served.ask(f"/api/chosen/{sample}?side=256")
        assert (status, opened(found).shape) == (200, shape)


def test_a_folder_that_is_gone_is_told_and_samples_stay(serve: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "photos" / "cat").mkdir(parents=True)
    photo(1).save(tmp_path / "photos" / "cat" / "1.png")
    served = serve(tmp_path / "photos", tmp_path)
    shutil.rmtree(tmp_path / "photos")
    found = served.ask("/api/chosen")[1]
    assert found["photos"] == []
    assert found["problem"] == (
        f"{tmp_path / 'photos'}: is no longer there; bring it back, or start the studio on the folder where it is now."
    )


def test_a_photo_is_shown_in_few_pixels(serve: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "photos" / "a").mkdir(parents=True)
    photo(3, (40, 20)).save(tmp_path / "photos/a/1.png")
    served = serve(tmp_path / "photos", tmp_path)
    name = identity("a/1.png")
    assert opened(served.ask(f"/api/chosen/{name}?side=10")[1]).shape == (5, 10, 3)
    whole = opened(served.ask(f"/api/chosen/{name}?side=1000&grey=true")[1])
    assert np.array_equal(whole, read_pixels(tmp_path / "photos/a/1.png", "grayscale")[..., 0])


def test_a_dropped_photo_is_looked_at_and_not_written(serve: Callable[..., Any], trained: Path) -> None:
    served = serve(trained / "photos", trained)
    before = sorted(trained.rglob("*"))
    data = png(photo(7, (9, 5)))
    status, found = served.ask("/api/chosen", data)
    assert (status, found["rows"], found["columns"]) == (200, 5, 9)
    assert np.array_equal(opened(served.ask(f"/api/chosen/{found['id']}")[1]), opened(data))
    assert sorted(trained.rglob("*")) == before


@pytest.mark.parametrize(
    ("path", "status", "error"),
    [
        ("/api/chosen/~dropped-none", 404, "the photo that was dropped is no longer there (the studio keeps the last few, until it ends); drop it again."),
        ("/api/chosen/~nothing", 400, "'~nothing' is no sample; the samples are ~flower, ~temple, ~digit."),
        ("/api/chosen/~flower?side=0", 400, "side: Input should be greater than or equal to 1; it was '0'."),
    ],
)  # fmt: skip
def test_what_is_none_is_told(
    serve: Callable[..., Any], trained: Path, path: str, status: int, error: str
) -> None:
    assert serve(trained / "photos", trained).ask(path) == (status, {"error": error})


def test_paths_lead_nowhere_else(serve: Callable[..., Any], trained: Path) -> None:
    status, said = serve(trained / "photos", trained).ask(f"/api/chosen/{identity('../runs/first/run.toml')}")
    assert status == 400
    assert said["error"].endswith("does not lie in " + str(trained / "photos") + ", the folder that is open.")


def test_what_is_dropped_and_no_photo_is_told(
    serve: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = serve(None, tmp_path)
    assert served.ask("/api/chosen", b"no photo")[1]["error"].startswith("the dropped photo: not an image")
    assert served.ask("/api/chosen", b"", method="POST") == (
        400,
        {"error": "nothing was dropped; drop a photo."},
    )
    monkeypatch.setattr(dropped, "MOST_BYTES", 10)
    status, said = served.ask("/api/chosen", png(photo(7)))
    assert status == 413
    assert "more than 10; drop a smaller one." in said["error"]


def test_a_sprite_holds_its_tiles_row_by_row() -> None:
    tiles = [np.full((2, 3, 3), shade, np.uint8) for shade in (1, 2, 3, 4)]
    found = sprite(tiles, 3)
    assert found.shape == (4, 9, 3)
    assert [found[0, 0, 0], found[0, 3, 0], found[0, 6, 0], found[2, 0, 0], found[2, 3, 0]] == [1, 2, 3, 4, 0]


def test_names_of_any_bytes(serve: Callable[..., Any], tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "photos") + b"/\xff<script>"
    os.makedirs(folder)
    file = folder + b"/\xfe'1.png"
    with open(file, "wb") as written:
        written.write(png(photo(1)))
    served = serve(tmp_path / "photos", tmp_path)
    (found,) = served.ask("/api/chosen")[1]["photos"]
    assert (found["label"], found["name"]) == ("?<script>", "?'1.png")
    assert served.ask(f"/api/chosen/{found['id']}")[0] == 200
    assert served.ask("/api/augment", {"photo": found["id"], "fields": {"rotation_range": 3}})[0] == 200
    assert served.ask("/api/convolve", {"photo": found["id"]})[0] == 200
    assert served.ask(f"/api/inside/maps?model=shallow-vgg&layer=0&photo={found['id']}")[0] == 200


def test_a_network_is_shown_a_photo_by_its_own_rule(serve: Callable[..., Any], tmp_path: Path) -> None:
    grey = (
        np.random.default_rng(0).integers(0, 4096, (20, 30)).astype(np.uint16)
    )  # 12 bits, as a microscope's
    path = tmp_path / "photos/a/deep.png"
    path.parent.mkdir(parents=True)
    Image.fromarray(grey).save(path)
    studio = serve(tmp_path / "photos", tmp_path).studio
    lying = find_photo(studio, identity("a/deep.png"))
    dropped_too = find_photo(studio, dropped_id(studio.dropped.add(path.read_bytes())))
    for samples in (Samples(integers=(0, 4095)), Samples(integers=(0, 65535))):
        how = Preprocessing((8, 8), resize="crop", samples=samples)
        for one in (lying, dropped_too):
            assert np.array_equal(one.seen_by(how), how.read(path))


def test_deep_photos_are_shown_by_the_rule_of_the_folder(serve: Callable[..., Any], tmp_path: Path) -> None:
    """A dark photo stays dark beside brighter ones, on every page, and a dropped one is read by the same rule."""
    (tmp_path / "photos/a").mkdir(parents=True)
    for name, most in (("dark", 100), ("bright", 4096)):
        values = np.random.default_rng(0).integers(0, most, (20, 30)).astype(np.uint16)
        Image.fromarray(values).save(tmp_path / f"photos/a/{name}.png")
    served = serve(tmp_path / "photos", tmp_path)
    path = tmp_path / "photos/a/dark.png"
    expected = read_pixels(path, samples=Samples(integers=(0, 4095)))
    dropped_too = served.ask("/api/chosen", path.read_bytes())[1]["id"]
    for photo_id in (identity("a/dark.png"), dropped_too):
        assert np.array_equal(find_photo(served.studio, photo_id).pixels(), expected)
        told = served.ask("/api/augment", {"photo": photo_id, "fields": {}})
        assert told[0] == 200
    small = opened(served.ask(f"/api/pictures/{identity('a/dark.png')}")[1])
    assert abs(float(small.mean()) - float(expected.mean())) < 1


def test_photos_of_one_size_and_time_are_told_apart(serve: Callable[..., Any], tmp_path: Path) -> None:
    """Two photos that take each other's names are shown as what they are, small and large."""
    for name, shade in (("a", 40), ("b", 200)):
        path = tmp_path / f"photos/{name}/1.bmp"
        path.parent.mkdir(parents=True)
        Image.new("RGB", (20, 20), (shade,) * 3).save(path)
        os.utime(path, (1_000_000, 1_000_000))
    served = serve(tmp_path / "photos", tmp_path)
    places = [tmp_path / "photos" / name / "1.bmp" for name in "ab"]

    def shades() -> list[list[float]]:
        pictures = ("/api/pictures/{}?side=96", "/api/chosen/{}")
        ids = [identity(f"{name}/1.bmp") for name in "ab"]
        return [
            [round(float(opened(served.ask(one.format(id_))[1]).mean())) for id_ in ids] for one in pictures
        ]

    assert shades() == [[40, 200]] * 2
    for taken, free in (
        (places[0], tmp_path / "kept"),
        (places[1], places[0]),
        (tmp_path / "kept", places[1]),
    ):
        os.replace(taken, free)
    assert shades() == [[200, 40]] * 2
