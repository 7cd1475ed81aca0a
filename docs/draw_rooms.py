"""Draw the rooms of the house from its imports: floors, the highest at the top, each room importing only from floors below.

    python docs/draw_rooms.py            # prints the drawing that docs/architecture.md shows
    python docs/draw_rooms.py --write    # puts it there

The imports are those that grimp finds, import-linter's own library.
"""

import sys
from pathlib import Path

import grimp

PAGE = Path(__file__).with_name("architecture.md")
BEGIN, END = "<!-- drawn by docs/draw_rooms.py -->\n", "<!-- end -->"
HOUSES = ("convolens", "convolens.runs")
ALONE = {
    "convolens.errors",
    "convolens.arguments",
    "convolens.threads",
    "convolens.memory",
    "convolens.pixel_rows",
    "convolens.utils",
}


def floors(graph: grimp.ImportGraph, house: str) -> list[list[str]]:
    """Return the rooms of a package, floor by floor from the top: a room stands above all that it imports."""
    rooms = sorted(room for room in graph.find_children(house) if graph.find_children(room) or room in ALONE)
    below = {
        room: {
            other
            for other in rooms
            if other != room and graph.direct_import_exists(importer=room, imported=other, as_packages=True)
        }
        for room in rooms
    }
    heights: dict[str, int] = {}

    def height(room: str, path: tuple[str, ...] = ()) -> int:
        if room in path:
            raise SystemExit(f"a circle of rooms: {' -> '.join([*path, room])}")
        if room not in heights:
            heights[room] = 1 + max((height(other, (*path, room)) for other in below[room]), default=-1)
        return heights[room]

    for room in rooms:
        height(room)
    top = max(heights.values())
    return [[room for room in rooms if heights[room] == floor] for floor in range(top, -1, -1)]


def _size(graph: grimp.ImportGraph, room: str) -> str:
    """Return how many files a room has, and in how many folders where it is more than one."""
    inside = graph.find_descendants(room)
    folders = 1 + sum(bool(graph.find_children(module)) for module in inside)
    return f"{1 + len(inside)}" + (f" in {folders}" if folders > 1 else "")


def drawing() -> str:
    """Return the floors of all houses as Markdown."""
    graph = grimp.build_graph("convolens", exclude_type_checking_imports=True)
    parts = []
    for house in HOUSES:
        lines = []
        for floor in floors(graph, house):
            rooms = [f"{room.rsplit('.', 1)[1]} {_size(graph, room)}" for room in floor]
            lines.append("    " + "   ".join(rooms))
        parts.append(
            f"`{house}` (a room, its files, in how many folders; each imports from lines below its own only):\n\n"
            + "\n".join(lines)
        )
    return "\n\n".join(parts) + "\n"


def page_with(text: str) -> str:
    """Return the page with the drawing in its place."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(BEGIN, 1)
    return head + BEGIN + "\n" + text + "\n" + END + rest.split(END, 1)[1]


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page_with(drawing()), encoding="utf-8")
    else:
        print(drawing())
