"""Draw the pictures of docs/studio.md anew: python docs/picture_studio.py [FOLDER]. The studio on the demo's digits, in Debian's Chromium.

Takes some three minutes: runs are trained in FOLDER, or one that is removed again, calibrated and shown on every page; those that are
there already are taken. Needs playwright and chromium.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
PAGES = ("photos", "train", "mistakes", "inside", "convolve", "augment")
SIZE = {"width": 1280, "height": 860}


def convolens(*arguments: str, place: Path) -> None:
    """Run a command there."""
    subprocess.run([sys.executable, "-m", "convolens", *arguments], cwd=place, check=True)


def prepare(place: Path) -> None:
    """Make the digits, and two runs on them."""
    if (place / "runs" / "short" / "results.json").is_file():
        return
    convolens("demo", place=place)
    convolens("calibrate", "runs/demo", place=place)
    convolens(
        "train",
        "runs/demo-digits",
        "--no-horizontal-flip",
        "--epochs",
        "3",
        "--out",
        "runs/short",
        place=place,
    )


def settle(page: Page) -> None:
    """Wait until what a page asks for is there."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(
        2500
    )  # what comes by server-sent events never ends, so there is no idle network to wait for


def take(page: Page, name: str) -> None:
    """Write what a page shows, in few colours; where its photos lie here is nobody's business."""
    settle(page)
    page.locator(".folder").evaluate("(place) => { place.textContent = 'runs/demo-digits'; }")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(256)
    picture.save(PICTURES / f"studio-{name}.png", optimize=True)
    print(PICTURES / f"studio-{name}.png")


def main() -> None:
    """Write a picture a page."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("picture_studio: chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        place = Path(sys.argv[1] if sys.argv[1:] else folder)
        prepare(place)
        server = subprocess.Popen(
            [sys.executable, "-m", "convolens", "studio", "runs/demo-digits", "--port", "0", "--no-browser"],
            cwd=place, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            said = server.stdout.readline() if server.stdout else ""
            found = re.match(r"Studio: (http://[^/]+)(/\S+)", said)
            if found is None:
                sys.exit(f"picture_studio: the studio said {said!r}.")
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport=SIZE)
            page.goto(found[1] + found[2])
            for name in PAGES:
                page.goto(f"{found[1]}/{name}")
                take(page, name)
                if name == "mistakes":
                    page.locator(".tile").first.click()
                    take(page, "look")
            browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
