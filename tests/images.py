"""Small images for tests: photos in class folders, and files that are broken in known ways."""

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def photo(seed: int, size: tuple[int, int] = (24, 20), low: int = 0, high: int = 256) -> Image.Image:
    """Return noise as an RGB image of (width, height)."""
    pixels = np.random.default_rng(seed).integers(low, high, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def folders(root: Path, counts: dict[str, int], size: tuple[int, int] = (24, 20), seed: int = 0) -> Path:
    """Write PNG photos root/CLASS/NN.png; the classes differ in brightness, so that they can be learnt."""
    for number, (name, count) in enumerate(counts.items()):
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        low = 160 * number // max(len(counts) - 1, 1)
        for i in range(count):
            photo(seed * 100_003 + number * 1009 + i, size, low, low + 96).save(folder / f"{i:02d}.png")
    return root


def overlapping(root: Path, counts: dict[str, int], seed: int = 0) -> Path:
    """Write flat grey photos whose brightness is drawn about one middle a class: the classes cannot be told apart wholly."""
    for number, (name, count) in enumerate(counts.items()):
        (root / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            rng = np.random.default_rng([seed, number, i])
            grey = (
                60
                + 130 * number / max(len(counts) - 1, 1)
                + rng.normal(0, 20)
                + rng.normal(0, 12, (12, 12, 3))
            )
            Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8)).save(root / name / f"{seed}-{i:03d}.png")
    return root


def patterned(root: Path, count: int, seed: int = 0) -> Path:
    """Write photos of a kind that no class of `overlapping` is like: bright coloured stripes and squares."""
    root.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        rng = np.random.default_rng([seed, 77, i])
        pixels = np.zeros((12, 12, 3), np.uint8)
        pixels[:: rng.integers(2, 4), :, rng.integers(3)] = 255
        pixels[:, :: rng.integers(2, 5), rng.integers(3)] = 255
        Image.fromarray(pixels).save(root / f"{i:03d}.png")
    return root


def leave_blank(figure: "Figure", path: Path) -> None:
    """Write a white picture of a figure's size, in place of `paint`, which takes a third of a small run."""
    Image.new("L", figure.canvas.get_width_height(), 255).save(path, "png")


def truncated_jpeg(path: Path) -> Path:
    """Write a JPEG that ends in the middle."""
    photo(1, (80, 60)).save(path, "jpeg")
    path.write_bytes(path.read_bytes()[:1500])
    return path


def bomb_png(path: Path, width: int = 60_000, height: int = 60_000) -> Path:
    """Write a PNG of a few bytes that claims billions of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100))
        + chunk(b"IEND", b"")
    )
    return path


def shapes(root: Path, count: int, seed: int = 0, size: int = 32) -> list[tuple[str, tuple[str, ...]]]:
    """Write photos NNN.png of a circle, a square, a triangle, each there or not whatever the others; return names and labels."""
    root.mkdir(parents=True, exist_ok=True)
    rows = []
    for i in range(count):
        rng = np.random.default_rng([seed, i])
        picture = Image.fromarray(rng.integers(0, 60, (size, size, 3), dtype=np.uint8))
        draw, side, there = ImageDraw.Draw(picture), size // 3, []
        for name, colour in (
            ("circle", (230, 60, 60)),
            ("square", (60, 230, 60)),
            ("triangle", (80, 80, 250)),
        ):
            x, y = (int(value) for value in rng.integers(0, size - side, 2))
            if rng.random() >= 0.4:
                continue
            there.append(name)
            if name == "circle":
                draw.ellipse((x, y, x + side, y + side), fill=colour)
            elif name == "square":
                draw.rectangle((x, y, x + side, y + side), fill=colour)
            else:
                draw.polygon([(x, y + side), (x + side, y + side), (x + side // 2, y)], fill=colour)
        picture.save(root / f"{i:03d}.png")
        rows.append((f"{i:03d}.png", tuple(there)))
    return rows


def label_table(path: Path, rows: list[tuple[str, tuple[str, ...]]], separator: str = ";") -> Path:
    """Write a CSV of path and labels."""
    lines = [f"{name},{separator.join(labels)}" for name, labels in rows]
    path.write_text("\n".join(["path,labels", *lines]) + "\n", encoding="utf-8")
    return path
