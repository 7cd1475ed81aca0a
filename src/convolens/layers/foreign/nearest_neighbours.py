"""NearestNeighbours: the classes of the nearest known samples, as a layer."""

from typing import Any

import torch

from convolens.arguments import integer, one_of
from convolens.errors import ShapeError
from convolens.layers.layer import Layer, Shape
from convolens.layers.weight_entry import WeightEntry


class NearestNeighbours(Layer):
    """The share of each class among the nearest of the samples that the layer holds (Cover and Hart, 1967).

    The features are shifted and scaled first, as they were when the samples were taken in; distances are Euclidean. It is made
    by `features.learners.heads` from what scikit-learn has fitted; nothing in it can be trained by gradients.

    Args:
        units: classes.
        samples: how many it holds.
        neighbours: how many vote.
        weights: "uniform", or "distance": a vote counts 1 / distance, and samples at distance 0 decide alone.
        options: `name`, `input_shape` as in `Layer`.

    Input shape: (batch, features). Output shape: (batch, units), each row sums to 1.

    Example:
        >>> layer = NearestNeighbours(units=2, samples=3, neighbours=1, input_shape=(1,))
        >>> layer.build_once((None, 1))
        >>> layer.set_weights([[0], [1], [[0], [5], [9]], [0, 1, 1]])
        >>> layer(torch.tensor([[1.0], [8.0]])).tolist()
        [[1.0, 0.0], [0.0, 1.0]]
    """

    offset: torch.Tensor
    factor: torch.Tensor
    points: torch.Tensor
    labels: torch.Tensor

    def __init__(
        self, units: int, samples: int, neighbours: int, weights: str = "uniform", **options: Any
    ) -> None:
        super().__init__(**options)
        self.units = integer(self.title, "units", units)
        self.samples = integer(self.title, "samples", samples)
        self.neighbours = integer(self.title, "neighbours", neighbours, maximum=self.samples)
        self.votes = one_of(self.title, "weights", weights, ("uniform", "distance"))

    def build(self, input_shape: Any) -> None:
        features = input_shape[-1]
        if len(input_shape) != 2 or features is None:
            raise ShapeError(
                f"{self.title}: takes rows of features (None, features); received {tuple(input_shape)}. Pool or flatten first."
            )
        self.register_buffer("offset", torch.zeros(features))
        self.register_buffer("factor", torch.ones(features))
        self.register_buffer("points", torch.zeros((self.samples, features)))
        self.register_buffer("labels", torch.zeros(self.samples, dtype=torch.int64))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = (x - self.offset) * self.factor
        # By differences: products are faster, and lose the digits of small distances.
        distances = torch.cdist(x, self.points, compute_mode="donot_use_mm_for_euclid_dist")  # (n, samples)
        near, places = distances.topk(self.neighbours, largest=False)  # (n, neighbours)
        if self.votes == "distance":
            same = near == 0
            votes = torch.where(same.any(1, keepdim=True), same.to(x.dtype), 1 / near)
        else:
            votes = torch.ones_like(near)
        of_class = x.new_zeros((x.shape[0], self.units))
        of_class = of_class.scatter_add(1, self.labels[places], votes)
        return of_class / of_class.sum(1, keepdim=True)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        return (input_shape[0], self.units)

    def standard_entries(self) -> list[WeightEntry]:
        return [WeightEntry(name, tensor, trainable=False) for name, tensor in self.named_buffers()]

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"weights": self.votes}  # `weights` are those of every layer
