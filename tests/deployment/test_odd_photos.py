"""Odd photos: the run, its file and the caller in Python say the same of each, or the caller refuses it in one line."""

import importlib.util
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image

from convolens import deployment, runs
from convolens.data.decoding.decode import read_pixels
from convolens.runs.output.screen import Screen
from images import truncated_jpeg

SHADE = np.linspace(0, 120, 40) + np.linspace(0, 60, 30)[:, np.newaxis]
RGB = (SHADE[..., np.newaxis] + np.random.default_rng(0).integers(0, 60, (30, 40, 3))).astype(np.uint8)
PHOTO = Image.fromarray(RGB)
CLEAR = PHOTO.convert("RGBA")
CLEAR.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 40).astype(np.uint8), (30, 1))))
ORIENTATIONS = range(1, 9)
AGREED = (
    "grey.png", "bits.png", "grey-clear.png", "clear.png", "palette.png", "palette-key.png", "key.png", "deep-colours.png", "deep-clear.png",
    "printed.jpg", *(f"turned{lies}.jpg" for lies in ORIENTATIONS), "turned.png", "one.png", "tall.png", "wide.png", "moving.gif", "moving.png",
)  # fmt: skip
DEEP = ("deep-grey.png", "deep-grey.tif", "fractions.tif")


def write(folder):
    PHOTO.convert("L").save(folder / "grey.png")
    PHOTO.convert("1").save(folder / "bits.png")
    CLEAR.convert("LA").save(folder / "grey-clear.png")
    CLEAR.save(folder / "clear.png")
    CLEAR.quantize(20).save(folder / "palette.png")
    PHOTO.quantize(20).save(folder / "palette-key.png", transparency=3)
    PHOTO.save(folder / "key.png", transparency=tuple(map(int, RGB[3, 3])))
    deep = RGB.astype(np.uint16) * 128 + 77
    write_deep(folder / "deep-colours.png", deep, 2)
    write_deep(folder / "deep-clear.png", np.dstack([deep, deep[..., 0]]), 6)
    PHOTO.convert("CMYK").save(folder / "printed.jpg")
    turned = Image.Exif()
    for lies in ORIENTATIONS:
        turned[0x0112] = lies
        PHOTO.save(folder / f"turned{lies}.jpg", exif=turned)
    PHOTO.save(folder / "turned.png", exif=turned)
    PHOTO.resize((1, 1)).save(folder / "one.png")
    PHOTO.resize((1, 4000)).save(folder / "tall.png")
    PHOTO.resize((4000, 1)).save(folder / "wide.png")
    for name in ("moving.gif", "moving.png"):
        CLEAR.save(folder / name, save_all=True, append_images=[CLEAR.transpose(Image.Transpose.ROTATE_180)])
    Image.fromarray((SHADE * 300).astype(np.uint16)).save(folder / "deep-grey.png")
    Image.fromarray((SHADE * 300).astype(np.int32)).save(folder / "deep-grey.tif")
    Image.fromarray(SHADE.astype(np.float32)).save(folder / "fractions.tif")


def write_deep(path, pixels, kind):
    """Write a PNG of 16 bits a channel in colours, which Pillow does not."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 16, kind, 0, 0, 0)
    chunks = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunks)


@pytest.fixture(scope="module")
def asked(run, tmp_path_factory):
    """The folder of photos, what the run says of each, the file, and the caller beside it."""
    place = tmp_path_factory.mktemp("odd")
    (place / "photos").mkdir()
    write(place / "photos")
    made = deployment.export(run, deployment.ExportOptions(out=place / "out"), Screen(quiet=True))
    spec = importlib.util.spec_from_file_location("answer", made.folder / "answer.py")
    caller = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(caller)
    said = {answer.path.name: answer for answer in runs.predict(run, [place / "photos"])}
    return place / "photos", said, deployment.OnnxModel(made.file), caller


def test_every_photo_is_here(asked):
    assert sorted(asked[1]) == sorted((*AGREED, *DEEP))


@pytest.mark.parametrize("name", AGREED)
def test_all_say_the_same(asked, name):
    photos, said, file, caller = asked
    told = dict(said[name].answers)
    expected = [told[name] for name in file.description.class_names]
    ours = file.answers_of([read_pixels(photos / name)])
    np.testing.assert_allclose(ours.probabilities[0], expected, atol=1e-4)
    theirs = caller.answer(photos / name)
    np.testing.assert_allclose(theirs["probabilities"], expected, atol=1e-4)
    assert bool(ours.unknown[0]) == bool(theirs["unknown"]) == said[name].unknown


@pytest.mark.parametrize("name", DEEP)
def test_deep_greys_are_the_runs_alone(asked, name):
    photos, said, file, caller = asked
    told = dict(said[name].answers)
    ours = file.answers_of([read_pixels(photos / name)])
    np.testing.assert_allclose(
        ours.probabilities[0], [told[name] for name in file.description.class_names], atol=1e-4
    )
    with pytest.raises(
        SystemExit, match=f"{name}: has more than 8 bits a channel; convert it to 8 bits first"
    ):
        caller.answer(photos / name)


ASK_WITHIN = """
import resource, sys
import numpy as np
from convolens import deployment
from convolens.errors import TooLargeError

model = deployment.OnnxModel(sys.argv[1])
answer_of = lambda height, width: model.answers_of([np.zeros((height, width, 3), np.uint8)])
answer_of(30, 40)  # all that it keeps beside a photo
with open("/proc/self/statm") as file:
    taken = int(file.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (taken + 100_000_000, resource.RLIM_INFINITY))
try:
    answer_of(4000, 6000)
except TooLargeError as error:
    print(error)
"""


def test_a_photo_beyond_the_memory_is_one_line(asked):
    """In a process of its own: one that has run other tests may hold enough memory that is free again."""
    file = asked[2].path
    asking = subprocess.run([sys.executable, "-c", ASK_WITHIN, file], capture_output=True, text=True)
    assert asking.returncode == 0, asking.stderr
    assert (
        asking.stdout == f"{file}: there is not enough memory for uint8 of shape (1, 4000, 6000, 3); "
        "give smaller photos, or fewer at once.\n"
    )


def test_what_is_no_photo_is_one_line(asked, tmp_path):
    truncated_jpeg(tmp_path / "cut.jpg")
    (tmp_path / "text.png").write_text("no picture")
    for name in ("cut.jpg", "text.png", "none.jpg"):
        with pytest.raises(SystemExit) as ended:
            asked[3].answer(tmp_path / name)
        assert str(ended.value).startswith(f"{tmp_path / name}: cannot be read (")
        assert len(str(ended.value).splitlines()) == 1
