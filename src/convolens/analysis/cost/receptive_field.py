"""Receptive fields, followed operation by operation from the image to each tensor that depends on it.

A field is known per axis as a window that moves in steps (Araujo, Norris & Sim, "Computing receptive fields of
convolutional neural networks", Distill 2019), so branches are joined where they lie, and what cannot be followed is
unknown instead of guessed. Rules for single operations are in `receptive_rules`
and `receptive_views`.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class ReceptiveField:
    """What one place of an output depends on.

    Attributes:
        rows, columns: pixels of the image, the padding around it included; never more than the image where a
            dense layer or a global pooling sees it all.
        row_jump, column_jump: pixels from one place to the next (the product of the strides); None where
            there is one place, or all places depend on the same pixels.
    """

    rows: int
    columns: int
    row_jump: int | None
    column_jump: int | None


@dataclass(frozen=True)
class Axis:
    """The field along one axis of the image: place i of dimension `dim` sees [start + i * jump, ... + size).

    `dim` None: all numbers of the tensor see [start, start + size), which lies within the image.
    `mixed`: the dimension holds other axes too, as after a flattening.
    """

    dim: int | None
    start: int
    size: int
    jump: int
    places: int
    length: int  # of the image
    mixed: bool = False

    @property
    def end(self) -> int:
        """The first pixel behind place 0."""
        return self.start + self.size

    @property
    def covers(self) -> bool:
        """Whether every number sees the whole image."""
        return self.dim is None and self.start <= 0 and self.end >= self.length

    def at(self, dim: int | None) -> "Axis":
        """Return it for another dimension."""
        return replace(self, dim=dim)

    def window(self, kernel: int, stride: int, padding: int, dilation: int, places: int) -> "Axis":
        """Return the field behind a sliding window."""
        return replace(
            self,
            start=self.start - padding * self.jump,
            size=self.size + (kernel - 1) * dilation * self.jump,
            jump=self.jump * stride,
            places=places,
        )

    def whole(self) -> "Axis | None":
        """Return the field of a number that depends on all places; None where that is nothing of the image."""
        if self.dim is None:
            return self
        low, high = max(self.start, 0), min(self.end + (self.places - 1) * self.jump, self.length)
        return Axis(None, low, high - low, 0, 1, self.length) if high > low else None


State = tuple[Axis | None, Axis | None]  # rows, columns; None where unknown
UNKNOWN: State = (None, None)


def image_state(rows: int, columns: int) -> State:
    """Return the state of the image itself, an NCHW tensor."""
    return Axis(2, 0, 1, 1, rows, rows), Axis(3, 0, 1, 1, columns, columns)


def merge(first: Axis | None, second: Axis | None) -> Axis | None:
    """Return the field of what depends on both; None where the two move differently.

    Example:
        >>> small, large = Axis(2, 0, 1, 1, 8, 8), Axis(2, -2, 5, 1, 8, 8)
        >>> merge(small, large).size
        5
    """
    if first is None or second is None:
        return None
    if first.dim != second.dim or first.places != second.places:
        first = first.whole() if first.places == 1 else first
        second = second.whole() if second.places == 1 else second
        if first is None or second is None:
            return None
    if first.dim is None or second.dim is None:
        if first.dim is second.dim:
            start, end = min(first.start, second.start), max(first.end, second.end)
            return replace(first, start=start, size=end - start)
        return first if first.covers else second if second.covers else None
    alike = (first.dim, first.places, first.mixed) == (second.dim, second.places, second.mixed)
    if not alike or (first.jump != second.jump and first.places > 1):
        return None
    start, end = min(first.start, second.start), max(first.end, second.end)
    return replace(first, start=start, size=end - start)


def described(state: State | None) -> ReceptiveField | None:
    """Return a state for people; None where it is unknown, or does not depend on the image."""
    if state is None or state[0] is None or state[1] is None:
        return None
    return ReceptiveField(
        state[0].size,
        state[1].size,
        *(
            axis.jump if axis is not None and axis.dim is not None and axis.places > 1 else None
            for axis in state
        ),
    )
