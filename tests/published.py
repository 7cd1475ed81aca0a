"""ImageNet weights as their publisher has them, in the cache of a test: the form is real, the numbers are drawn."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from convolens.applications import ResNet18
from convolens.applications.weights.imagenet import IMAGENET


def publish_resnet18(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `cache` the cache, put a file for ResNet18 of 1000 classes into it, and return the file."""
    monkeypatch.setenv("CONVOLENS_CACHE", str(cache))
    weights = cache / "weights"
    weights.mkdir(parents=True)
    torch.save(ResNet18().module.state_dict(), weights / "new")
    digits = hashlib.sha256((weights / "new").read_bytes()).hexdigest()[:8]
    monkeypatch.setitem(IMAGENET, "resnet-18", replace(IMAGENET["resnet-18"], file=f"resnet18-{digits}.pth"))
    return (weights / "new").rename(weights / f"resnet18-{digits}.pth")
