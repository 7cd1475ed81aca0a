"""What a studio without photos offers: folders that are near, a new one, the demo."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from images import folders, photo

Serve = Callable[..., Any]


def test_a_folder_is_begun_or_opened(serve: Serve, tmp_path: Path) -> None:
    folders(tmp_path / "near", {"cat": 1, "dog": 1})
    folders(tmp_path / "parted/train", {"cat": 1, "dog": 1})
    photo(5).save(folders(tmp_path / "runs/first", {"x": 1, "y": 1}) / "chart.png")  # the pictures of a run
    (tmp_path / "empty").mkdir()
    photo(1).save(tmp_path / "empty/loose.png")
    served = serve(None, tmp_path)
    offers = served.ask("/api/begin")[1]
    assert [(one["name"], one["classes"]) for one in offers["folders"]] == [("near", 2), ("parted", 2)]
    assert served.ask("/api/classes") == (
        404,
        {"error": "no photos are open yet; drop some on the Photos page, or try the demo."},
    )
    assert served.ask("/api/begin/open", {"folder": "Li4"}) == (
        400,
        {"error": f"'..' does not lie in {tmp_path}, the folder that is open."},
    )
    assert served.ask("/api/begin/open", {"folder": offers["folders"][0]["id"]})[0] == 200
    assert served.ask("/api/classes")[1]["photos"] == 2
    fresh = serve(None, tmp_path / "empty")
    assert fresh.ask("/api/begin/new", {})[1] == {"open": str(tmp_path / "empty/photos")}
    assert (
        fresh.ask("/api/photos/add?class=cat&name=a.png", (tmp_path / "empty/loose.png").read_bytes())[0]
        == 200
    )
    assert fresh.ask("/api/classes")[1]["classes"] == [{"name": "cat", "photos": 1, "sides": {"": 1}}]


def test_the_demo_is_written_beside_the_runs(serve: Serve, tmp_path: Path) -> None:
    served = serve(None, tmp_path)
    assert served.ask("/api/begin/demo", {})[1] == {"open": str(tmp_path / "runs/demo-digits")}
    found = served.ask("/api/classes")[1]
    assert (found["photos"], len(found["classes"])) == (1797, 10)
    assert served.ask("/api/begin/demo", {})[0] == 200
