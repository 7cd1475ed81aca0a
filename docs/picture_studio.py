"""Draw the pictures of docs/studio.md anew: python docs/picture_studio.py. The studio on the demo's digits, in Debian's Chromium.

Takes some three minutes: a run is trained, calibrated and shown on every page. Needs playwright and chromium.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
PAGES = ("photos", "train", "mistakes", "try", "inside", "convolve", "augment", "compare", "export", "lecture")
SIZE = {"width": 1280, "height": 860}


def convolens(*arguments: str, place: Path) -> None:
    """Run a command there."""
    subprocess.run([sys.executable, "-m", "convolens", *arguments], cwd=place, check=True)


def prepare(place: Path) -> None:
    """Make the digits, and two runs on them."""
    convolens("demo", place=place)
    convolens("calibrate", "runs/demo", place=place)
    convolens("train", "runs/demo-digits", "--no-horizontal-flip", "--epochs", "3", "--out", "runs/short", place=place)


def settle(page: Page) -> None:
    """Wait until what a page asks for is there."""
    page.wait_for_load_state("load")
    page.wait_for_function("Array.from(document.images).every((image) => image.complete)")
    page.wait_for_timeout(1500)


def main() -> None:
    """Write a picture a page."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("picture_studio: chromium is not installed.")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        place = Path(folder)
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
                settle(page)
                page.screenshot(path=PICTURES / f"studio-{name}.png")
                print(f"{name}: {PICTURES / f'studio-{name}.png'}")
            browser.close()
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
