"""plot_model: a network's graph as a picture that is text (SVG)."""

import math
import re
import unicodedata
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from convolens.analysis.charts.pictures import shorten, write_picture
from convolens.analysis.cost.costs import checked_module
from convolens.arguments import one_of
from convolens.errors import ArgumentError

if TYPE_CHECKING:
    from convolens.analysis.graph.model_graph import Box, ModelGraph

COLOURS = {  # of each family of layers: its box, the frame of it
    "input": ("#eceff1", "#546e7a"),
    "convolution": ("#dbe9fb", "#2f6fb7"),
    "pooling": ("#fde3d4", "#c4622d"),
    "dense": ("#dff2dc", "#3c8a3a"),
    "normalisation": ("#eee3f7", "#7a4fa3"),
    "activation": ("#fdf3cf", "#a8871b"),
    "merging": ("#d8f1f0", "#1f8783"),
    "dropout": ("#f3e2e6", "#a3506a"),
    "shape": ("#f0ece2", "#85754f"),
    "network": ("#e6e6fa", "#5b5ba8"),
    "other": ("#f5f5f5", "#777777"),
}
LETTER, LINE, SMALL = 12, 17, 10  # sizes of letters and lines, in pixels
_WIDE = 0.61  # of a monospaced letter, times its size
_LONGEST = 36  # letters of a name
_PADDING, _MARGIN, _INDENT, _ROW = 10, 20, 26, 30
_COLUMN = 1200.0  # pixels after which a graph goes on in another column


def plot_model(
    model: Any,
    to_file: str | PathLike[str] | None = "model.svg",
    show_shapes: bool = True,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    input_shape: tuple[int, ...] | None = None,
) -> str:
    """Draw a network: what is connected to what, each kind of layer in its colour.

    A functional or sequential model is drawn as its graph: branches side by side, long ones in several columns. Any other module is
    drawn as the tree of its children, in the order in which they are executed where `input_shape` is given.

    Args:
        model: a `Model` or a `torch.nn.Module`, with weights (on the meta device will do).
        to_file: an SVG file to write; its folder is made. None writes nothing.
        show_shapes: write the shape of its output under each layer, in Keras' order.
        show_layer_names: write the layers' names, not only their classes.
        rankdir: "TB" from top to bottom, or "LR" from left to right; of a tree it changes nothing.
        input_shape: (rows, columns, channels) or (features,) for a torch module; None takes what `Model.build` was given.

    Returns:
        the SVG.

    Raises:
        ArgumentError: another file ending or direction. NotBuiltError: there are no weights yet.
        ShapeError: a torch module that cannot take `input_shape`. WriteError: the file cannot be written.

    Example:
        >>> from convolens import layers, models
        >>> svg = plot_model(models.Sequential([layers.Input((4,)), layers.Dense(2)]), to_file=None)
        >>> svg.count("<rect class=")
        2

    Source: the arguments of `keras.utils.plot_model`, which needs Graphviz.
    """
    from convolens.analysis.graph.model_graph import model_graph

    one_of("plot_model", "rankdir", rankdir, ("TB", "LR"))
    module = checked_module(model, "plot_model")
    if input_shape is None and getattr(model, "given_shape", None) is not None:
        input_shape = tuple(model.given_shape[1:])
    if input_shape is not None and not all(isinstance(size, int) and size > 0 for size in input_shape):
        raise ArgumentError(
            f"plot_model: input_shape must be positive integers without the batch; received {input_shape!r}."
        )
    graph = model_graph(module, input_shape)
    title = str(getattr(model, "name", None) or type(module).__name__)
    pen = _Pen(show_shapes, show_layer_names)
    svg = pen.tree(graph, title) if graph.tree else pen.graph(graph, title, rankdir)
    write_picture(to_file, lambda temporary: _write(temporary, svg), ".svg")
    return svg


def _write(path: Path, svg: str) -> None:
    path.write_text(svg, encoding="utf-8")


class _Pen:
    """Turns boxes into SVG."""

    def __init__(self, show_shapes: bool, show_layer_names: bool) -> None:
        self.show_shapes, self.show_layer_names = show_shapes, show_layer_names

    def lines(self, box: "Box") -> list[str]:
        """Return what is written into a box."""
        what = f"{box.kind} {box.detail}".strip()
        return [shorten(box.name, _LONGEST), what] if self.show_layer_names and box.name else [what]

    def size(self, box: "Box") -> tuple[float, float]:
        """Return width and height of a box."""
        lines = self.lines(box)
        return max(_long(line, LETTER) for line in lines) + 2 * _PADDING, len(lines) * LINE + _PADDING

    def label(self, box: "Box") -> tuple[float, float]:
        """Return width and height of the shape under (or beside) a box."""
        if not self.show_shapes or box.shape is None:
            return 0.0, 0.0
        return _long(_shape(box), SMALL) + 8, SMALL + 8.0

    def graph(self, graph: "ModelGraph", title: str, rankdir: str) -> str:
        """Draw boxes in ranks; the shape of an output stands on the edge that leaves its box."""
        from convolens.analysis.graph.graph_layout import layered

        across = rankdir == "LR"
        sizes = []
        for box in graph.boxes:
            (wide, high), (label_wide, label_high) = self.size(box), self.label(box)
            sizes.append(
                (max(high, label_high), wide + label_wide)
                if across
                else (max(wide, label_wide), high + label_high)
            )
        layout = layered(sizes, graph.edges, _COLUMN)
        parts = [f'<path class="edge" d="{_path(steps, across)}"/>' for steps in layout.edges]
        leaves = {start for start, _ in graph.edges}
        for place, (box, corner, room) in enumerate(zip(graph.boxes, layout.places, sizes, strict=True)):
            x, y = (corner[1], corner[0]) if across else corner
            wide, high = self.size(box)
            if across:
                y += (room[0] - high) / 2
            else:
                x += (room[0] - wide) / 2
            parts.append(self.box(box, x, y))
            label_wide, label_high = self.label(box)
            if label_high:
                middle = (
                    (x + wide + label_wide / 2, y + high / 2)
                    if across
                    else (x + wide / 2, y + high + label_high / 2)
                )
                if place in leaves and not across:
                    parts.append(_line(middle[0], y + high, middle[0], y + high + label_high))
                parts.append(_text(_shape(box), *middle, SMALL, "shape", backed=not across))
        wide, high = (layout.height, layout.width) if across else (layout.width, layout.height)
        return _document(parts, wide, high, title)

    def tree(self, graph: "ModelGraph", title: str) -> str:
        """Draw boxes under each other, each further right than what holds it; long trees in several columns."""
        columns = max(1, math.ceil(len(graph.boxes) * _ROW / _COLUMN))
        each = math.ceil(len(graph.boxes) / columns)
        parts, left, widest = [], 0.0, 0.0
        at: dict[int, tuple[float, float]] = {}
        parents = {end: start for start, end in graph.edges}
        for place, box in enumerate(graph.boxes):
            if place and place % each == 0:
                left, widest = widest + 3 * _INDENT, 0.0
            x, y = left + box.depth * _INDENT, place % each * _ROW
            at[place] = (x, y)
            wide, high = self.tree_size(box)
            parts.append(self.box(box, x, y, [self.tree_line(box)]))
            end = x + wide
            if self.show_shapes:
                said = _shape(box) if box.shape is not None else ""
                parts.append(_text(said, end + 6 + _long(said, SMALL) / 2, y + high / 2, SMALL, "shape"))
                end += 6 + _long(said, SMALL)
            widest = max(widest, end)
            parent = parents.get(place)
            if parent is not None:
                same = parent // each == place // each
                trunk = x - _INDENT / 2
                top = at[parent][1] + high if same else -_ROW / 4
                parts.append(
                    f'<path class="edge plain" d="M {trunk:.1f} {top:.1f} V {y + high / 2:.1f} H {x:.1f}"/>'
                )
        return _document(parts, widest, min(each, len(graph.boxes)) * _ROW, title)

    def tree_line(self, box: "Box") -> str:
        """Return what is written into a box of a tree."""
        lines = self.lines(box)
        return f"{lines[0]}: {lines[1]}" if len(lines) > 1 else lines[0]

    def tree_size(self, box: "Box") -> tuple[float, float]:
        """Return width and height of a box of a tree."""
        return _long(self.tree_line(box), LETTER) + 2 * _PADDING, _ROW - 8.0

    def box(self, box: "Box", x: float, y: float, lines: list[str] | None = None) -> str:
        """Return a box with its text, and all that is known of it where the mouse rests on it."""
        wide, high = self.size(box) if lines is None else self.tree_size(box)
        lines = lines or self.lines(box)
        fill, frame = COLOURS[box.family]
        first = y + high / 2 - (len(lines) - 1) * LINE / 2
        words = "".join(
            _text(
                line,
                x + wide / 2,
                first + number * LINE,
                LETTER,
                "kind" if number == len(lines) - 1 else "name",
            )
            for number, line in enumerate(lines)
        )
        about = " ".join(filter(None, (box.name, box.kind, box.detail, _shape(box) if box.shape else "")))
        return (
            f'<g><title>{_clean(about)}</title><rect class="{box.family}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" '
            f'height="{high:.1f}" rx="5" fill="{fill}" stroke="{frame}"/>{words}</g>'
        )


def _long(text: str, size: int) -> float:
    """Return how long a text is in pixels; letters of East Asian scripts are twice as wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text) * _WIDE * size


def _shape(box: "Box") -> str:
    """Return a shape without the batch: "32 x 32 x 64"."""
    return " x ".join("?" if size is None else str(size) for size in (box.shape or ())[1:])


def _clean(text: str) -> str:
    """Return a text for XML, which has no control characters and no halves of letters."""
    return escape(re.sub(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "?", text))


def _text(text: str, x: float, y: float, size: int, kind: str, backed: bool = False) -> str:
    behind = ""
    if backed:
        wide = _long(text, size) + 4
        behind = f'<rect x="{x - wide / 2:.1f}" y="{y - size / 2 - 1:.1f}" width="{wide:.1f}" height="{size + 2}" fill="white"/>'
    return f'{behind}<text class="{kind}" x="{x:.1f}" y="{y + size * 0.35:.1f}" font-size="{size}">{_clean(text)}</text>'


def _line(x: float, y: float, to_x: float, to_y: float) -> str:
    return f'<path class="edge plain" d="M {x:.1f} {y:.1f} L {to_x:.1f} {to_y:.1f}"/>'


def _path(steps: tuple[tuple[str, tuple[float, float]], ...], across: bool) -> str:
    """Return the path of an edge; curves leave and arrive along the direction of the graph."""
    words = []
    x = y = 0.0
    for kind, (to_x, to_y) in steps:
        points = [(to_x, to_y)]
        if kind == "C":
            half = (y + to_y) / 2
            points = [(x, half), (to_x, half), (to_x, to_y)]
        turned = [(b, a) if across else (a, b) for a, b in points]
        words.append(kind + " " + " ".join(f"{a:.1f} {b:.1f}" for a, b in turned))
        x, y = to_x, to_y
    return " ".join(words)


def _document(parts: list[str], width: float, height: float, title: str) -> str:
    """Put parts into a page with a margin, on white."""
    head = LETTER + 2 * _MARGIN
    wide = max(width, _long(title, LETTER)) + 2 * _MARGIN
    high = height + head + _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" viewBox="0 0 {wide:.0f} {high:.0f}">\n'
        "<style>text { font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace; text-anchor: middle; fill: #222 } "
        ".kind { font-weight: bold } .shape { fill: #555 } .heading { text-anchor: start; font-weight: bold } "
        ".edge { fill: none; stroke: #888; stroke-width: 1.3; stroke-linejoin: round; marker-end: url(#tip) } "
        ".plain { marker-end: none }</style>\n"
        '<defs><marker id="tip" markerWidth="7" markerHeight="6" refX="6" refY="3" orient="auto">'
        '<path d="M 0 0 L 7 3 L 0 6 z" fill="#888"/></marker></defs>\n'
        f'<rect width="100%" height="100%" fill="white"/>\n'
        f'<text class="heading" x="{_MARGIN}" y="{_MARGIN + LETTER}" font-size="{LETTER}">{_clean(title)}</text>\n'
        f'<g transform="translate({_MARGIN} {head})">\n' + "\n".join(parts) + "\n</g>\n</svg>\n"
    )
