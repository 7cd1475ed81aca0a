"""FeatureRows: the features of photos that were asked for last, in memory; whoever asks for the same waits, and others do not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from convolens.data.caching.content import content_hashes
from convolens.data.folders.folder import ImageFolder
from convolens.runs.features.photo_rows import PhotoRows, photo_rows
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.studio.records.loaded_runs import Loaded
from convolens.studio.records.progress import Tell, telling
from convolens.studio.workspace.kept import Kept

KEPT = 6  # sets of rows; 60,000 photos of EfficientNet-Lite0 take 300 MB


def network_key(loaded: Loaded) -> tuple[str, int]:
    """Return what stands for a run's network, for as long as its weights stay the same."""
    return str(loaded.folder.path), loaded.folder.best.stat().st_mtime_ns


@dataclass
class FeatureRows:
    """Features of photos by network; any number of threads may ask."""

    _kept: Kept = field(default_factory=lambda: Kept(KEPT), repr=False)

    def get(
        self,
        network: Any,
        load: Callable[[], TrainedModel],
        images: ImageFolder,
        tell: Tell = lambda what, done, total: None,
    ) -> PhotoRows:
        """Return the features of photos.

        Args:
            network: what stands for it, for as long as its weights stay the same.
            load: gives it, for the use of the thread that computes alone.
            images: the photos.
            tell: told what is done, and how much of it.

        Raises:
            ConvolensError: those of `photo_rows` and of `load`.
        """
        key = (
            network,
            images.root,
            images.relative_paths,
            images.labels.tobytes(),
            tuple(content_hashes(images)),
        )
        return self._kept.get(key, lambda: photo_rows(load(), images, telling(tell)))


def rows_of_run(loaded: Loaded, images: ImageFolder, kept: FeatureRows, tell: Tell) -> PhotoRows:
    """Return the features of photos by a run's own network; a copy of it computes, so that the run goes on answering.

    Args:
        loaded: the run.
        images: the photos.
        kept: what was computed before.
        tell: told what is done, and how much of it.

    Raises:
        ConvolensError: those of `photo_rows`.
    """
    return kept.get(network_key(loaded), lambda: model_file.load(loaded.folder), images, tell)
