"""Epoch after epoch over cached pixels takes no more memory than the second one did."""

import json
import subprocess
import sys

import pytest

from images import folders

PROGRAM = """
import gc, json, sys
from pathlib import Path
import numpy as np
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.data import list_images, load_pixels
from convolens.preprocessing.image import ImageDataGenerator

data, size = Path(sys.argv[1]), (96, 96)  # 200 images: 5.5 MB of bytes, 22 MB of float32

def own():
    "Return the MB that are this program's and no file's."
    gc.collect()
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon")) / 1000

def growth(batches, next_epoch):
    'Return by how much the memory has grown after each epoch from the second one on.'
    taken = []
    for epoch in range(5):
        next_epoch(epoch)
        for number in range(len(batches)):
            x, y = batches[number]
        del x, y
        taken.append(own())
    return [round(mb - taken[1], 2) for mb in taken[2:]]

varied = {"rotation_range": 30, "zoom_range": 0.2, "horizontal_flip": True, "brightness_range": (0.8, 1.2)}
result = {}
make = ImageDataGenerator(**varied, samplewise_center=True)
flow = make.flow_from_directory(data, size, batch_size=16, seed=1)
result["flow_from_directory"] = growth(flow, lambda epoch: flow.on_epoch_end())
pixels = load_pixels(list_images(data), size)
augmentation = Augmentation(**varied, mixup=0.2, random_erasing=0.5)
batches = AugmentedBatches(pixels.array, np.arange(200) % 4, 16, augmentation, seed=1)
result["AugmentedBatches"] = growth(batches, batches.set_epoch)
kept = []  # what a leak looks like
result["leaking"] = growth(batches, lambda epoch: kept.append(pixels.array[:] + np.uint8(1)))
print("", json.dumps(result), sep="\\n")
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="/proc tells how much memory is the program's own"
)
def test_no_epoch_takes_more_than_the_second(tmp_path):
    data = folders(tmp_path / "data", {"a": 100, "b": 100})
    done = subprocess.run([sys.executable, "-c", PROGRAM, data], capture_output=True, text=True, timeout=300)
    grown = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else done.stderr
    assert len(grown) == 3, grown
    assert grown.pop("leaking")[-1] > 12, grown  # 3 copies of the pixels: such a leak would be seen
    for name, megabytes in grown.items():
        assert max(megabytes) < 4, (name, grown)
