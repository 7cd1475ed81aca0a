"""The Photos page of the studio on a folder of many photos: seconds to its list, its first page, its next ones, a move, a photo added.

    python benchmarks/studio_photos.py [--photos 60000] [--classes 10] [--rounds 5]

The photos are hard links to a few small files in a temporary folder. The studio is a process of its own, started as a person does, and
a Chromium without a window (Playwright) opens its page in a window of 1280 x 900 pixels: "tiles" is from the first byte of the answer to
the moment at which the tiles stand there, perhaps without their pictures yet, "pictures" to the moment at which all those in the window
are there. Each round opens it twice: with nothing kept by the browser, and again. The studio has made the small pictures before, in a
visit that is told apart. "holes" counts, of sixty steps of 700 pixels each shown for two frames,
those after which a row of the window lacked a tile.
"""

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from PIL import Image
from studio_process import studio_on

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRAWN = """() => new Promise((done) => {
  const begun = performance.getEntriesByType("navigation")[0].responseStart;
  let stood = null;
  const look = () => {
    const tiles = [...document.querySelectorAll("#wall .tile img")].filter((image) => image.getBoundingClientRect().top < innerHeight);
    if (tiles.length > 10) stood ??= performance.now() - begun;
    if (stood !== null && tiles.every((image) => image.complete)) done([stood, performance.now() - begun]);
    else requestAnimationFrame(look);
  };
  look();
})"""
HOLES = """async () => {
  let holes = 0;
  const wall = document.querySelector("#wall");
  for (let step = 0; step < 60; step += 1) {
    scrollBy(0, 700);
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    const whole = Math.floor(wall.clientWidth / 124) * (Math.floor(innerHeight / 148) - 1);
    const seen = [...wall.querySelectorAll(".tile")].filter((tile) => {
      const { top, bottom } = tile.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    });
    holes += seen.length < whole;
  }
  return holes;
}"""


def write_photos(root: Path, photos: int, classes: int) -> Path:
    """Write small photos in class folders, a few of them, and hard links to those."""
    originals = []
    for number in range(8):
        originals.append(root / f"{number}.jpg")
        Image.new("RGB", (32, 32), (number * 30, 80, 200 - number * 20)).save(originals[-1])
    for number in range(classes):
        folder = root / "photos" / f"class {number:05d}"
        folder.mkdir(parents=True)
        for photo in range(photos // classes):
            os.link(originals[photo % 8], folder / f"{photo:06d}.jpg")
    return root / "photos"


def ask(address: str, token: str, path: str, body: Any = None) -> tuple[float, Any]:
    """Return milliseconds and the answer."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    begun = time.perf_counter()
    with urllib.request.urlopen(urllib.request.Request(address + path, data, headers)) as answer:
        values = json.load(answer)
    return 1000 * (time.perf_counter() - begun), values


def pages(address: str, token: str, rounds: int) -> dict[str, list[float]]:
    """Return milliseconds of each round in a browser, and how often there were holes."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[float]] = {}
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--headless", "--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        cache = page.context.new_cdp_session(page)
        page.goto(f"{address}/?token={token}", wait_until="commit")

        def visit(name: str) -> None:
            page.goto("about:blank")
            page.goto(f"{address}/photos", wait_until="commit")
            for what, taken in zip(("tiles", "pictures"), page.evaluate(DRAWN), strict=True):
                found.setdefault(f"{what}, {name}", []).append(taken)
            page.wait_for_timeout(1000)  # what is asked for behind the first page

        visit("which the studio makes")
        for _ in range(rounds):
            cache.send("Network.clearBrowserCache")
            visit("nothing kept by the browser")
            visit("again")
        found["holes"] = [page.evaluate(HOLES)]
        browser.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=int, default=60_000)
    parser.add_argument("--classes", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        photos = write_photos(Path(place), asked.photos, asked.classes)
        begun = time.perf_counter()
        with studio_on(photos) as (address, token, _):
            print(f"the studio has said its address {time.perf_counter() - begun:.1f} s after its start")
            print(f"classes, asked at once: {ask(address, token, '/api/classes')[0]:.0f} ms")
            times = [ask(address, token, "/api/classes")[0] for _ in range(20)]
            print(f"classes, asked again: {statistics.median(times):.1f} ms")
            times = [ask(address, token, "/api/photos?start=30000&count=200")[0] for _ in range(20)]
            print(f"200 photos: {statistics.median(times):.1f} ms")
            for name, values in pages(address, token, asked.rounds).items():
                if name == "holes":
                    print(f"holes: {values[0]:.0f} of 60")
                else:
                    said = ", ".join(f"{value:.0f}" for value in values)
                    print(f"{name}: {statistics.median(values):.0f} ms ({said})")
            some = ask(address, token, "/api/photos?count=1000")[1]["photos"]
            body = {"photos": [one["id"] for one in some], "to": "another"}
            taken, moved = ask(address, token, "/api/photos/move", body)
            print(
                f"{moved['done']}: {taken:.0f} ms; undone: {ask(address, token, '/api/edits/undo', {})[0]:.0f} ms"
            )
            for number in range(2):
                Image.effect_noise((200, 150), 90).save(f"{place}/{number}.png")
                bytes_ = Path(f"{place}/{number}.png").read_bytes()
                taken = ask(address, token, f"/api/photos/add?class=another&name={number}.png", bytes_)[0]
                print(f"a photo added: {taken:.0f} ms")


if __name__ == "__main__":
    main()
