"""Graph: which tensors all of the way from an image to a score leads through, by autograd's own graph."""

from typing import Any

import torch

Place = tuple[Any, int]  # an operation, and which of its results


class Ways:
    """The ways that a gradient takes from a score back to the image, counted.

    Args:
        score: one number, with its graph.
        image: the leaf that it depends on.

    Attributes:
        total: the number of ways; 0 where no gradient reaches the image.

    Example:
        >>> x = torch.ones(2, requires_grad=True)
        >>> y = x * 2
        >>> left, right = y + 1, y * 3
        >>> ways = Ways((left * right).sum(), x)
        >>> ways.total, ways.all_through(place_of(y)), ways.all_through(place_of(left))
        (2, True, False)
    """

    def __init__(self, score: torch.Tensor, image: torch.Tensor) -> None:
        order = _sorted(score.grad_fn)
        self._behind: dict[Any, int] = {}  # ways from an operation to the image
        for node in order:
            is_image = getattr(node, "variable", None) is image
            self._behind[node] = is_image + sum(self._behind[child] for child, _ in _children(node))
        self._before: dict[Place, int] = {(score.grad_fn, score.output_nr): 1}  # from the score to a result
        reached = {score.grad_fn: 1}
        for node in reversed(order):
            for child, number in _children(node):
                self._before[child, number] = self._before.get((child, number), 0) + reached[node]
                reached[child] = reached.get(child, 0) + reached[node]
        self.total = self._behind.get(score.grad_fn, 0)

    def reach(self, place: Place) -> bool:
        """Whether a gradient reaches it from the score."""
        return place in self._before

    def all_through(self, place: Place) -> bool:
        """Whether all ways lead through it; where none reaches the image, whether it is reached."""
        if self.total == 0:
            return self.reach(place)
        return self._before.get(place, 0) * self._behind.get(place[0], 0) == self.total


def place_of(tensor: torch.Tensor) -> Place:
    """Return the operation that made a tensor, and which of its results it is."""
    return tensor.grad_fn, tensor.output_nr


def _children(node: Any) -> list[Place]:
    return [(child, number) for child, number in node.next_functions if child is not None]


def _sorted(root: Any) -> list[Any]:
    """Return the operations below `root`, each behind all that come before it on the way to the image."""
    order: list[Any] = []
    seen: set[Any] = set()
    stack: list[tuple[Any, bool]] = [(root, False)] if root is not None else []
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(child, False) for child, _ in _children(node) if child not in seen]
    return order
