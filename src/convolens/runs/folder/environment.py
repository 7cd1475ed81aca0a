"""What a run ran on: versions, machine, git state and threads, for its record."""

import importlib.metadata
import os
import platform
import subprocess
from typing import Any

import torch

import convolens

PACKAGES = ("torch", "numpy", "numba", "Pillow", "safetensors", "scikit-learn")


def environment(device: str) -> dict[str, Any]:
    """Return versions, machine and threads as plain values.

    Example:
        >>> environment("cpu")["convolens"] == convolens.__version__
        True
    """
    found: dict[str, Any] = {"convolens": convolens.__version__, "python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "unknown"
    found["system"] = f"{platform.system()} {platform.release()} {platform.machine()}"
    found["processors"] = os.cpu_count() or 1
    found["threads"] = torch.get_num_threads()
    found["device"] = torch.cuda.get_device_name(device) if device.startswith("cuda") else device
    return found | git_state()


def git_state() -> dict[str, Any]:
    """Return commit and whether files are changed, where the working folder is in a git repository."""

    def ask(*words: str) -> str | None:
        try:
            answer = subprocess.run(
                ["git", *words],
                capture_output=True,
                text=True,
                timeout=5,
                check=True,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.SubprocessError):
            return None
        return answer.stdout.strip()

    commit = ask("rev-parse", "HEAD")
    if not commit:
        return {}
    return {"git_commit": commit, "git_changed": bool(ask("status", "--porcelain", "--untracked-files=no"))}
