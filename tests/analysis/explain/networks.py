"""Small networks of odd forms for the tests of explanations; each takes 12 x 10 x 3 and gives (n, 3)."""

import torch
import torch.nn.functional as F
from torch import nn


class Bottleneck(nn.Module):
    """A residual block whose one ReLU is used three times, in place, as torchvision's."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(6, 4, 1)
        self.conv2 = nn.Conv2d(4, 6, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.conv2(self.relu(self.conv1(x)))
        out += x
        return self.relu(out)


class Branches(nn.Module):
    """Branches side by side, put together by a function, not by a layer."""

    def __init__(self) -> None:
        super().__init__()
        self.left, self.right = nn.Conv2d(6, 3, 1), nn.Conv2d(6, 5, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.left(x), self.right(x)], dim=1)


class Functions(nn.Module):
    """Everything by functions but one layer; an unused convolution runs last."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 3, 3, 3) * 0.3)
        self.act = nn.LeakyReLU(inplace=True)
        self.dense = nn.Linear(4, 3)
        self.side = nn.Conv2d(4, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(F.conv2d(x, self.weight))
        self.side(x)
        return F.softmax(self.dense(x.mean((2, 3))), dim=1)


class SqueezeAndExcite(nn.Module):
    """A 1x1 convolution on a map of one place, behind the last real map."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.squeeze, self.act = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 6, 1), nn.Hardswish()
        self.dense = nn.Linear(6, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.conv(x))
        x = x * torch.sigmoid(self.squeeze(x.mean((2, 3), keepdim=True)))
        return self.dense(x.mean((2, 3)))


def head(channels: int) -> list[nn.Module]:
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 3)]


def named() -> dict[str, tuple[nn.Module, str]]:
    """Return networks, and the layer that is to be found in each."""
    torch.manual_seed(0)
    plain = [nn.Conv2d(3, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    nested = nn.Sequential(
        nn.Sequential(nn.Sequential(nn.Conv2d(3, 7, 3), nn.ELU()), nn.AvgPool2d(2)), *head(7)
    )
    return {
        "plain": (nn.Sequential(*plain, nn.Flatten(), nn.Linear(180, 3), nn.Softmax(1)), "2"),
        "nested": (nested, "0.0.1"),
        "residual": (nn.Sequential(nn.Conv2d(3, 6, 3), Bottleneck(), *head(6)), "1"),
        "branches": (nn.Sequential(nn.Conv2d(3, 6, 3), Branches(), nn.ReLU(), *head(8)), "2"),
        "branches last": (nn.Sequential(nn.Conv2d(3, 6, 3), Branches(), *head(8)), "1"),
        "functions": (Functions(), "act"),
        "squeeze": (SqueezeAndExcite(), "act"),
        "transposed": (nn.Sequential(nn.Conv2d(3, 4, 3, 2), nn.ConvTranspose2d(4, 5, 2, 2), *head(5)), "1"),
        "strided to one place": (nn.Sequential(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 9, (10, 8)), nn.Flatten(), nn.Linear(9, 3)), "0"),
    }  # fmt: skip
