"""One library's augmentation, timed pass by pass on demand: a worker of benchmarks/augmentation.py.

    python benchmarks/augmentation_workers.py NAME

Reads lines from standard input; for each one goes twice through the images and prints the seconds of the second pass. Every worker
gives float32 batches of 64 from 256 uint8 images of 150 x 150 x 3 in memory: rotation up to 30 degrees, shear 0.2 (degrees),
zoom 0.8 to 1.2, half of them mirrored, values times 1/255.
"""

import sys
import time

import numpy as np

IMAGES, SIZE, BATCH, PROCESSES = 256, 150, 64, 2


def data() -> np.ndarray:
    """Return the images."""
    return np.random.default_rng(0).integers(0, 256, (IMAGES, SIZE, SIZE, 3), dtype=np.uint8)


def convolens():
    from convolens.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rotation_range=30, shear_range=0.2, zoom_range=0.2, horizontal_flip=True, rescale=1 / 255
    )
    return batches_of(generator.flow(data(), batch_size=BATCH, seed=1))


def keras():
    import os

    os.environ["KERAS_BACKEND"] = "torch"
    from keras._tf_keras.keras.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rotation_range=30, shear_range=0.2, zoom_range=0.2, horizontal_flip=True, rescale=1 / 255
    )
    return batches_of(generator.flow(data(), batch_size=BATCH, seed=1))


def batches_of(iterator):
    """Return a pass over an endless iterator."""

    def one_pass():
        for _ in range(IMAGES // BATCH):
            batch = next(iterator)
            assert batch.shape == (BATCH, SIZE, SIZE, 3)  # noqa: S101

    return one_pass


def torchvision():
    import torch
    from torchvision.transforms import v2

    vary = v2.Compose(
        [
            v2.RandomHorizontalFlip(),
            v2.RandomAffine(
                degrees=30, scale=(0.8, 1.2), shear=0.2, interpolation=v2.InterpolationMode.BILINEAR
            ),
            v2.ToDtype(torch.float32, scale=True),
        ]
    )
    images = torch.from_numpy(data()).permute(0, 3, 1, 2).contiguous()
    return loader(lambda i: vary(images[i]))


def albumentations():
    import albumentations as A
    import cv2

    cv2.setNumThreads(1)  # the loader's processes are the parallelism
    images = data()
    vary = A.Compose(
        [
            A.HorizontalFlip(p=0.5),
            A.Affine(
                rotate=(-30, 30), scale=(0.8, 1.2), shear=(-0.2, 0.2), border_mode=cv2.BORDER_REPLICATE, p=1
            ),
            A.ToFloat(max_value=255),
        ]
    )
    return loader(lambda i: vary(image=images[i])["image"])


def loader(sample):
    """Return a pass over a DataLoader with two processes that stay."""
    import torch

    class Images(torch.utils.data.Dataset):
        def __len__(self):
            return IMAGES

        def __getitem__(self, i):
            return sample(i)

    batches = torch.utils.data.DataLoader(
        Images(), batch_size=BATCH, shuffle=True, num_workers=PROCESSES, persistent_workers=True
    )

    def one_pass():
        count = sum(len(batch) for batch in batches)
        assert count == IMAGES  # noqa: S101

    return one_pass


WORKERS = {
    "convolens": convolens,
    "keras": keras,
    "torchvision": torchvision,
    "albumentations": albumentations,
}

if __name__ == "__main__":
    work = WORKERS[sys.argv[1]]()
    work()  # warms up: compiles, starts processes
    print("ready", flush=True)
    for _ in sys.stdin:
        work()  # after a wait the system may have put memory aside: the pass before the measured one brings it back
        start = time.perf_counter()
        work()
        print(time.perf_counter() - start, flush=True)
