"""A layered layout: boxes in ranks, branches side by side, long graphs in several columns; nothing overlaps.

After Sugiyama, Tagawa & Toda, "Methods for visual understanding of hierarchical system structures" (1981): ranks by the
longest way, points where an edge crosses a rank, few crossings by medians of neighbours, then straight lines. Along a rank,
boxes go as near to their neighbours' middle as their order allows (least squares by pooling adjacent violators).
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

GAP, SIDE, POINT, BETWEEN = 30.0, 24.0, 14.0, 70.0  # between ranks, boxes, crossing edges, columns
_SWEEPS = 12

Point = tuple[float, float]
Step = tuple[str, Point]


@dataclass
class _Item:
    """A box, or (`box` None) a point where an edge crosses a rank."""

    width: float
    height: float
    rank: int
    box: int | None = None
    above: list["_Item"] = field(default_factory=list)
    below: list["_Item"] = field(default_factory=list)
    place: int = 0  # in its rank
    middle: float = 0.0  # along its rank
    top: float = 0.0


@dataclass(frozen=True)
class Layout:
    """Where things are.

    Attributes:
        width, height: of the whole.
        places: the left upper corner of each box.
        edges: the steps of each, as in SVG: "M" begins at a point, "L" goes straight to one, "C" in a curve that leaves and
            arrives along the direction of the graph.
    """

    width: float
    height: float
    places: tuple[Point, ...]
    edges: tuple[tuple[Step, ...], ...]


def layered(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], longest: float) -> Layout:
    """Return a layout from top to bottom.

    Args:
        sizes: (width, height) of each box.
        edges: pairs (from, to) of places in `sizes`, without a circle.
        longest: where the whole is higher, it goes on in another column, if one box alone feeds what follows.

    Example:
        >>> layered([(40, 20), (40, 20)], [(0, 1)], 1000).places
        ((0.0, 0.0), (0.0, 50.0))
    """
    ranks, chains = _ranks(sizes, edges)
    _order(ranks)
    columns = _columns(ranks, longest)
    for column in columns:
        _straighten(ranks[column.start : column.stop])
    return _placed(sizes, edges, ranks, chains, columns)


def _ranks(
    sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]]
) -> tuple[list[list[_Item]], list[list[_Item]]]:
    """Return the items of each rank, and for each edge its items from end to end."""
    depth = [0] * len(sizes)
    waiting = [0] * len(sizes)
    following: list[list[int]] = [[] for _ in sizes]
    for start, end in edges:
        waiting[end] += 1
        following[start].append(end)
    ready = [box for box, count in enumerate(waiting) if not count]
    for box in ready:
        for end in following[box]:
            depth[end] = max(depth[end], depth[box] + 1)
            waiting[end] -= 1
            if not waiting[end]:
                ready.append(end)
    items = [_Item(*size, rank, box) for box, (size, rank) in enumerate(zip(sizes, depth, strict=True))]
    ranks: list[list[_Item]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for item in items:
        ranks[item.rank].append(item)
    chains = []
    for start, end in edges:
        chain = [items[start]]
        for rank in range(depth[start] + 1, depth[end]):
            point = _Item(POINT, 0.0, rank)
            ranks[rank].append(point)
            chain.append(point)
        chain.append(items[end])
        for upper, lower in itertools.pairwise(chain):
            upper.below.append(lower)
            lower.above.append(upper)
        chains.append(chain)
    return ranks, chains


def _order(ranks: list[list[_Item]]) -> None:
    """Sort each rank by the middle of its neighbours, down and up again, and keep the order with fewest crossings."""

    def number() -> None:
        for rank in ranks:
            for place, item in enumerate(rank):
                item.place = place

    number()
    best, fewest = [list(rank) for rank in ranks], _crossings(ranks)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for rank in ranks if down else reversed(ranks):
            keys = {
                id(item): sum(other.place for other in near) / len(near) if near else item.place
                for item in rank
                for near in [item.above if down else item.below]
            }
            rank.sort(key=lambda item: keys[id(item)])
            for place, item in enumerate(rank):
                item.place = place
        crossed = _crossings(ranks)
        if crossed < fewest:
            best, fewest = [list(rank) for rank in ranks], crossed
    ranks[:] = best
    number()


def _crossings(ranks: list[list[_Item]]) -> int:
    total = 0
    for rank in ranks:
        ends = [other.place for item in rank for other in sorted(item.below, key=lambda other: other.place)]
        total += sum(before > after for place, after in enumerate(ends) for before in ends[:place])
    return total


def _columns(ranks: list[list[_Item]], longest: float) -> list[range]:
    """Return runs of ranks for each column, about equally high; cut only where one box alone feeds all that follows."""
    heights = [max((item.height for item in rank), default=0.0) + GAP for rank in ranks]
    total = sum(heights)
    count = max(1, -int(-total // longest))
    limit = total / count
    columns = _cut(ranks, heights, limit)
    while len(columns) > count and limit < total:
        limit *= 1.02
        columns = _cut(ranks, heights, limit)
    return columns


def _cut(ranks: list[list[_Item]], heights: list[float], limit: float) -> list[range]:
    """Return columns that are no higher than `limit` where that can be."""
    columns, start, cut, used = [], 0, 0, 0.0
    for place, height in enumerate(heights):
        if used + height > limit and cut > start:
            columns.append(range(start, cut))
            start, used = cut, sum(heights[cut:place])
        used += height
        feeding = [item for item in ranks[place] if item.below]
        if len(feeding) == 1 and feeding[0].box is not None:
            cut = place + 1
    return [*columns, range(start, len(ranks))]


def _straighten(ranks: list[list[_Item]]) -> None:
    """Give each item its middle: near to its neighbours', in order, without touching."""
    inside = {id(item) for rank in ranks for item in rank}
    for rank in ranks:
        at = 0.0
        for item in rank:
            item.middle = at + item.width / 2
            at += item.width + SIDE
    for sweep in range(3 * _SWEEPS):
        down = sweep % 2 == 0
        for rank in ranks if down else reversed(ranks):
            wanted, weights = [], []
            for item in rank:
                both = item.above + item.below if sweep >= _SWEEPS else item.above if down else item.below
                near = [other for other in both if id(other) in inside]
                wanted.append(sum(other.middle for other in near) / len(near) if near else item.middle)
                straight = item.box is None and all(other.box is None for other in near)
                weights.append(8.0 if straight else 1.0 if near else 0.1)
            offsets = [0.0]
            for before, after in itertools.pairwise(rank):
                offsets.append(offsets[-1] + (before.width + after.width) / 2 + SIDE)
            free = _isotonic([want - offset for want, offset in zip(wanted, offsets, strict=True)], weights)
            for item, value, offset in zip(rank, free, offsets, strict=True):
                item.middle = value + offset


def _isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the nearest numbers that never fall (pool adjacent violators)."""
    blocks: list[list[float]] = []  # mean, weight, count
    for value, weight in zip(values, weights, strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, heavy, count = blocks.pop()
            before = blocks[-1]
            both = before[1] + heavy
            blocks[-1] = [(before[0] * before[1] + mean * heavy) / both, both, before[2] + count]
    return [mean for mean, _, count in blocks for _ in range(int(count))]


def _placed(
    sizes: Sequence[tuple[float, float]],
    edges: Sequence[tuple[int, int]],
    ranks: list[list[_Item]],
    chains: list[list[_Item]],
    columns: list[range],
) -> Layout:
    left, height = 0.0, 0.0
    ends: dict[int, float] = {}  # of each rank: where its highest box ends
    column_of: dict[int, int] = {}
    lefts = []
    for number, column in enumerate(columns):
        items = [item for rank in ranks[column.start : column.stop] for item in rank]
        shift = left - min(item.middle - item.width / 2 for item in items)
        top = GAP if number else 0.0  # room for the edge that comes from the column before
        lefts.append(left)
        for place in column:
            column_of[place] = number
            for item in ranks[place]:
                item.middle += shift
                item.top = top
            ends[place] = top + max(item.height for item in ranks[place])
            top = ends[place] + GAP
        left = max(item.middle + item.width / 2 for item in items) + BETWEEN
        height = max(height, top - GAP)
    routes = []
    for chain in chains:
        first = chain[0]
        route: list[Step] = [("M", (first.middle, first.top + first.height))]
        for upper, lower in itertools.pairwise(chain):
            route.append(("L", (upper.middle, ends[upper.rank])))
            if column_of[upper.rank] != column_of[lower.rank]:
                below, gutter = ends[upper.rank] + GAP / 2, lefts[column_of[lower.rank]] - BETWEEN / 2
                over = sum(other.middle for other in upper.below) / len(upper.below)
                route += [
                    ("L", at) for at in ((upper.middle, below), (gutter, below), (gutter, 0.0), (over, 0.0))
                ]
                height = max(height, below)
            route.append(("C", (lower.middle, lower.top)))
        routes.append(tuple(route))
    places = {
        item.box: (item.middle - item.width / 2, item.top)
        for rank in ranks
        for item in rank
        if item.box is not None
    }
    width = left - BETWEEN if ranks else 0.0
    return Layout(width, height, tuple(places[box] for box in range(len(sizes))), tuple(routes))
