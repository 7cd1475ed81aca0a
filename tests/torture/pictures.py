"""Every kind of picture that Pillow, cameras, scanners and microscopes write, made by a script, with what must come of each.

A `Picture` shows `RAMP`: dark at the left, light at the right. It is read, or refused for a reason.
"""

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ROWS, COLUMNS = 12, 16
RAMP = np.tile(np.linspace(16, 240, COLUMNS).round().astype(np.uint8), (ROWS, 1))
_TYPES = {1: "<u{}", 2: "<i{}", 3: "<f{}"}  # TIFF's SampleFormat


@dataclass(frozen=True)
class Picture:
    """A file, and what must come of it.

    Attributes:
        name: of the file, its ending as such files have it.
        data: its bytes.
        why: a pattern of the reason for which it is refused; None where it is read.
        within: grey levels by which its pixels may differ from `RAMP`; None where other pixels are right.
    """

    name: str
    data: bytes
    why: str | None = None
    within: int | None = 1


def saved(image: Image.Image, format_name: str, **options: object) -> bytes:
    """Return the bytes that Pillow writes."""
    file = io.BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def tiff(
    values: np.ndarray,
    bits: int | None = None,
    sample_format: int = 1,
    photometric: int = 1,
    order: str = "<",
    big: bool = False,
    tags: tuple[tuple[int, int, float], ...] = (),
) -> bytes:
    """Return a TIFF file of one strip without compression, written by hand.

    Args:
        values: (rows, columns), of the type that is written; packed already where `bits` is given.
        bits: a sample; None takes the type's.
        sample_format: 1 unsigned, 2 signed, 3 float.
        photometric: 0 where the lowest value is white.
        order: "<" or ">".
        big: BigTIFF.
        tags: (tag, type 3 SHORT or 11 FLOAT, value) more.
    """
    data = values.astype(values.dtype.newbyteorder(order)).tobytes()
    entries = [
        (256, 3, COLUMNS), (257, 3, ROWS), (258, 3, bits or values.dtype.itemsize * 8), (259, 3, 1), (262, 3, photometric),
        (273, 4, 16 if big else 8), (277, 3, 1), (278, 3, ROWS), (279, 4, len(data)), (339, 3, sample_format), *tags,
    ]  # fmt: skip
    letters = {3: "H", 4: "I", 11: "f"}
    field = 8 if big else 4
    head = (b"II" if order == "<" else b"MM") + (
        struct.pack(order + "HHHQ", 43, 8, 0, 16 + len(data)) if big else struct.pack(order + "HI", 42, 8 + len(data))
    )  # fmt: skip
    table = struct.pack(order + ("Q" if big else "H"), len(entries))
    for tag, kind, value in sorted(entries):
        stored = struct.pack(order + letters[kind], value).ljust(field, b"\0")
        table += struct.pack(order + ("HHQ" if big else "HHI"), tag, kind, 1) + stored
    return head + data + table + b"\0" * field


def png_chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(png: bytes, kind: bytes, data: bytes) -> bytes:
    """Return a PNG file with one chunk more, behind its header."""
    return png[:33] + png_chunk(kind, data) + png[33:]


def png_of_16_bit_colours(highest: int) -> bytes:
    """Return a PNG of 16 bits a sample in three colours, written by hand."""
    rows = (
        np.repeat(deep(highest)[..., np.newaxis], 3, axis=-1).astype(">u2").reshape(ROWS, -1).view(np.uint8)
    )
    pixels = np.pad(rows, ((0, 0), (1, 0))).tobytes()
    header = struct.pack(">IIBBBBB", COLUMNS, ROWS, 16, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*chunk) for chunk in chunks)


def deep(highest: int, dtype: type = np.uint16) -> np.ndarray:
    """Return the ramp in values up to `highest`, which stands for 255."""
    return (RAMP.astype(np.float64) / 255 * highest).round().astype(dtype)


def jpeg_of_12_bits() -> bytes:
    """Return a JPEG whose frame says 12 bits a sample, as scanners for X-ray films write it."""
    data = bytearray(saved(Image.fromarray(RAMP), "JPEG"))
    start = data.index(b"\xff\xc0")
    data[start + 1], data[start + 4] = 0xC1, 12
    return bytes(data)


def packed_12_bits() -> bytes:
    """Return a TIFF of 12 bits a sample, two samples in three bytes."""
    bits = np.unpackbits(deep(4095).astype(">u2").view(np.uint8).reshape(ROWS, COLUMNS, 2), axis=-1)
    return tiff(np.packbits(bits[..., 4:].reshape(ROWS, -1), axis=1), bits=12)


def pictures() -> list[Picture]:
    """Return the set; files of a few hundred bytes each, but for what must be large."""
    grey = Image.fromarray(RAMP)
    colour = grey.convert("RGB")
    shape = Image.merge("RGBA", [Image.new("L", grey.size, 0)] * 3 + [Image.fromarray(255 - RAMP)])
    opaque = colour.convert("RGBA")
    found = [
        Picture("grey.png", saved(grey, "PNG")),
        Picture("colour.png", saved(colour, "PNG")),
        Picture("palette.png", saved(grey.convert("P"), "PNG"), within=26),
        Picture("palette.gif", saved(grey, "GIF")),
        Picture("one-bit.png", saved(grey.convert("1"), "PNG"), within=None),
        Picture("two-bit.png", saved(Image.fromarray(RAMP >> 6), "PNG", bits=2), within=None),
        Picture("opaque.png", saved(opaque, "PNG")),
        Picture("opaque.webp", saved(opaque, "WEBP", lossless=True)),
        Picture("shape-in-transparency.png", saved(shape, "PNG")),
        Picture("shape-in-transparency.webp", saved(shape, "WEBP", lossless=True, exact=True)),
        Picture("shape-in-transparency.tif", saved(shape, "TIFF")),
        Picture("grey-and-transparency.png", saved(shape.convert("LA"), "PNG")),
        Picture("one-colour-transparent.png", saved(colour, "PNG", transparency=(1, 2, 3))),
        Picture("colour.bmp", saved(colour, "BMP")),
        Picture("colour.ppm", saved(colour, "PPM")),
        Picture("grey-16.pgm", b"P5 16 12 65535\n" + deep(65535).astype(">u2").tobytes()),
        Picture("grey-12.pgm", b"P5 16 12 4095\n" + deep(4095).astype(">u2").tobytes()),
        Picture("colour.tif", saved(colour, "TIFF")),
        Picture("colour-lzw.tif", saved(colour, "TIFF", compression="tiff_lzw")),
        Picture("colour-deflate.tif", saved(colour, "TIFF", compression="tiff_adobe_deflate")),
        Picture("pages.tif", saved(colour, "TIFF", save_all=True, append_images=[Image.new("RGB", grey.size)])),
        Picture("animated.gif", saved(grey, "GIF", save_all=True, append_images=[Image.new("L", grey.size)])),
        Picture("animated.webp", saved(colour, "WEBP", save_all=True, append_images=[Image.new("RGB", grey.size)], lossless=True)),
        Picture("grey.jpg", saved(grey, "JPEG", quality=98), within=6),
        Picture("colour.jpg", saved(colour, "JPEG", quality=98), within=6),
        Picture("progressive.jpg", saved(colour, "JPEG", quality=98, progressive=True), within=6),
        Picture("cmyk.jpg", saved(colour.convert("CMYK"), "JPEG", quality=98), within=8),
        Picture("several.mpo", saved(colour, "MPO", save_all=True, append_images=[colour], quality=98), within=6),
        Picture("several-named.jpg", saved(colour, "MPO", save_all=True, append_images=[colour], quality=98), within=6),
        Picture("colour.jp2", saved(colour, "JPEG2000")),
        Picture("grey-16.png", saved(Image.fromarray(deep(65535)), "PNG")),
        Picture("colour-16.png", png_of_16_bit_colours(65535)),
        Picture("grey-16-little.tif", tiff(deep(65535))),
        Picture("grey-16-big.tif", tiff(deep(65535), order=">")),
        Picture("grey-16-bigtiff.tif", tiff(deep(65535), big=True)),
        Picture("grey-16-white-is-zero.tif", tiff(65535 - deep(65535), photometric=0)),
        Picture("grey-12-packed.tif", packed_12_bits()),
        Picture("grey-12-stated.tif", tiff(deep(4095), tags=((281, 3, 4095),))),
        Picture("grey-8.tif", tiff(RAMP)),
        Picture("signed-16.tif", tiff(deep(32767, np.int16), sample_format=2, tags=((281, 3, 32767),))),
        Picture("float-0-255.tif", tiff(RAMP.astype(np.float32), sample_format=3)),
        Picture("float-stated.tif", tiff((RAMP / 255).astype(np.float32), sample_format=3, tags=((340, 11, 0.0), (341, 11, 1.0)))),
        Picture("profile-of-2-mb.png", saved(colour, "PNG", icc_profile=bytes(2_000_000))),
        Picture("profile-of-2-mb.jpg", saved(colour, "JPEG", quality=98, icc_profile=bytes(2_000_000)), within=6),
        Picture("text-of-2-mb.png", with_chunk(saved(colour, "PNG"), b"zTXt", b"a\0\0" + zlib.compress(bytes(2_000_000)))),
        Picture("broken-exif.jpg", saved(colour, "JPEG", quality=98, exif=b"Exif\0\0II*\0\xff\xff\xff\xff"), within=6),
        *(turned(colour, orientation) for orientation in range(1, 9)),
        Picture("empty.jpg", b"", why="not an image that can be read, whatever its name says"),
        Picture("text.png", b"no picture at all\n" * 9, why="not an image that can be read, whatever its name says"),
        Picture("postscript.jpg", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n", why="a PostScript file"),
        Picture("float-nan.tif", tiff(np.full_like(RAMP, np.nan, np.float32), sample_format=3), why="192 NaN of 192 values"),
        Picture("float-infinite.tif", tiff(np.full_like(RAMP, -np.inf, np.float32), sample_format=3), why="192 infinite of 192 values"),
        Picture("float-64.tif", tiff(RAMP.astype(np.float64), sample_format=3), why="a TIFF file, damaged, or of a form that is not decoded"),
        Picture("12-bit.jpg", jpeg_of_12_bits(), why="a JPEG of 12 bits a sample"),
        Picture("cut.png", saved(colour, "PNG")[:-30], why="damaged or truncated image"),
    ]  # fmt: skip
    from PIL import features

    if features.check("avif"):
        found.append(Picture("colour.avif", saved(colour, "AVIF", quality=100), within=6))
    return found


def turned(upright: Image.Image, orientation: int) -> Picture:
    """Return a picture that lies as an EXIF orientation says, so that it is upright once that is applied."""
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # of PIL.Image.Transpose, the inverse of each
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = upright if orientation == 1 else upright.transpose(Image.Transpose(back[orientation]))
    return Picture(f"orientation-{orientation}.jpg", saved(image, "JPEG", quality=98, exif=exif), within=6)


def cut(picture: Picture) -> list[Picture]:
    """Return a picture cut at every tenth of its bytes: of each either pixels or a reason must come."""
    return [
        Picture(f"{tenth}-tenths-of-{picture.name}", picture.data[: len(picture.data) * tenth // 10], within=None)
        for tenth in range(10)
    ]  # fmt: skip


def write(folder: Path, chosen: list[Picture]) -> Path:
    """Write pictures into a new folder and return it."""
    folder.mkdir(parents=True)
    for picture in chosen:
        (folder / picture.name).write_bytes(picture.data)
    return folder
