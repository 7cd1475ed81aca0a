"""find_moved_copies: features propose, pixels decide."""

import numpy as np
import pytest
from PIL import Image

from convolens.features.moved_copies import find_moved_copies
from photographs import pieces


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Six photos, a crop of the first, a turned and mirrored copy of the second, and two blank ones."""
    root = tmp_path_factory.mktemp("moved")
    found = [pieces(200)[place] for place in (0, 1, 2, 6, 8, 10)]
    found.append(found[0].crop((12, 8, 192, 188)))
    turned = found[1].rotate(3, Image.Resampling.BICUBIC).crop((12, 12, 188, 188))
    found.append(turned.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    found += [Image.new("RGB", (200, 200), (100, 100, 100))] * 2
    paths = []
    for number, image in enumerate(found):
        paths.append(root / f"{number}.png")
        image.save(paths[-1])
    return paths


def all_alike(n):
    """Features that are near each other whatever they show, as those of signs are."""
    return 1 + np.random.default_rng(0).normal(0, 0.05, (n, 16))


def test_pixels_decide_where_features_cannot(files, monkeypatch):
    monkeypatch.setattr("convolens.features.moved_copies.NEIGHBOURS", 9)
    found = find_moved_copies(all_alike(10), files, np.arange(10))
    assert found.looked_at == 45
    assert found.pairs.tolist() == [[0, 6], [1, 7]]
    assert found.mirrored.tolist() == [False, True]
    assert (found.similarity >= 0.985).all()


def test_what_is_known_or_far_is_not_looked_at(files):
    far = np.eye(10)
    assert find_moved_copies(far, files, np.arange(10)).looked_at == 0
    near = far.copy()
    near[6] = near[0] + 0.1 * near[5]
    assert find_moved_copies(near, files, np.arange(10)).pairs.tolist() == [[0, 6]]
    groups = np.arange(10)
    groups[6] = 0
    assert find_moved_copies(near, files, groups).looked_at == 0
    assert find_moved_copies(near[:1], files[:1], groups[:1]).looked_at == 0
    zeros = np.zeros((3, 4))
    assert find_moved_copies(zeros, files[:3], np.arange(3)).looked_at == 0
