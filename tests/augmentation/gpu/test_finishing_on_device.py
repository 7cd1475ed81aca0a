"""Fills, colours, erasing and mixing on a device give the compiled code's values, whatever was drawn."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from convolens.augmentation import Augmentation, augment_batch, mix_images, mix_labels
from convolens.augmentation.cpu.tones import change_tones
from convolens.augmentation.draw.tone_codes import LAST_TONE, NAMES
from convolens.augmentation.gpu.finishing_on_device import (
    augment_on_device,
    mix_labels_on_device,
    mix_on_device,
)
from convolens.augmentation.gpu.tones_on_device import OPERATIONS, change_tones_on_device
from devices import DEVICES

NEAR = 0.5  # of 255, as promised
EXACT = 1e-3

sizes = st.tuples(st.integers(1, 12), st.integers(1, 12), st.sampled_from([1, 3, 4]))


def pixels(kind: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (5, *shape), dtype=np.uint8)
    if kind == "flat":
        images[:] = images[:, :1, :1]
        images[:, shape[0] // 2 :] //= 2
    return images


def compare(device, images, augmentation, seed, rescale, limit):
    n, shape = 4, images.shape[1:3]
    which = np.random.default_rng(seed).integers(0, len(images), n)
    draws = augmentation.draw(seed, 1, which, shape)
    expected = augment_batch(images, which, draws, augmentation, rescale, threads=1)
    received = augment_on_device(torch.from_numpy(images).to(device), which, draws, augmentation, rescale)
    assert received.dtype == torch.float32
    assert received.device.type == device
    np.testing.assert_allclose(received.cpu().numpy(), expected, rtol=0, atol=limit * rescale)


@pytest.mark.parametrize("device", DEVICES)
@given(
    shape=sizes, kind=st.sampled_from(["bytes", "flat"]), seed=st.integers(0, 2**31), pad=st.integers(0, 3),
    erasing=st.sampled_from([0.0, 0.5, 1.0]), value=st.sampled_from([0.0, 128.0]),
    rotation=st.sampled_from([0, 30]), flips=st.booleans(), cval=st.sampled_from([0.0, 7.5]),
    rescale=st.sampled_from([1.0, 1 / 255]), fill_mode=st.sampled_from(["nearest", "constant"]),
)  # fmt: skip
def test_fills_and_erasing(
    device, shape, kind, seed, pad, erasing, value, rotation, flips, cval, rescale, fill_mode
):
    augmentation = Augmentation(
        rotation_range=rotation, horizontal_flip=flips, vertical_flip=flips, cval=cval, fill_mode=fill_mode,
        pad_and_crop=min(pad, shape[0] - 1, shape[1] - 1), random_erasing=erasing, random_erasing_value=value,
    )  # fmt: skip
    compare(device, pixels(kind, shape, seed), augmentation, seed, rescale, EXACT)


@pytest.mark.parametrize("device", DEVICES)
@given(
    shape=sizes, kind=st.sampled_from(["bytes", "flat"]), seed=st.integers(0, 2**31),
    rotation=st.sampled_from([0, 30]), jitter=st.sampled_from([None, (0.5, 0.5, 0.5, 0.2), (0, 0.9, 0, 0.5)]),
    policy=st.sampled_from([{}, {"randaugment": (2, 9)}, {"randaugment": (3, 30)}, {"trivialaugment": True}]),
    rescale=st.sampled_from([1.0, 1 / 255]),
)  # fmt: skip
def test_colours(device, shape, kind, seed, rotation, jitter, policy, rescale):
    augmentation = Augmentation(
        rotation_range=rotation, horizontal_flip=True, colour_jitter=jitter, random_erasing=0.5, **policy
    )
    compare(device, pixels(kind, shape, seed), augmentation, seed, rescale, NEAR)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("code", range(1, LAST_TONE + 1), ids=NAMES[1 : LAST_TONE + 1])
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), rows=st.integers(1, 9), columns=st.integers(1, 9), bytes_=st.booleans())
def test_each_operation(device, code, channels, seed, rows, columns, bytes_):
    """Whole numbers and fractions, greys too; amounts of each image's own."""
    random = np.random.default_rng(seed)
    images = random.uniform(0, 255, (4, rows, columns, channels)).astype(np.float32)
    if bytes_:
        images = np.rint(images)
    images[0] = images[0, :1, :1, :1]
    low, high = {"hue": (-0.5, 0.5), "posterize": (0, 9), "solarize": (0, 256)}.get(NAMES[code], (0, 2))
    amounts = random.uniform(low, high, (4, 1))
    if NAMES[code] == "posterize":
        amounts = np.floor(amounts)
    codes = np.array([[code], [0], [code], [code]], np.uint8)
    received = torch.from_numpy(images.copy()).to(device)
    change_tones_on_device(received, codes, amounts)
    expected = images.copy()
    for k in range(4):
        change_tones(expected[k], codes[k], amounts[k])
    np.testing.assert_allclose(received.cpu().numpy(), expected, rtol=0, atol=EXACT)
    np.testing.assert_array_equal(received[1].cpu().numpy(), images[1])


def test_every_operation_on_colours_is_there():
    assert sorted(OPERATIONS) == list(range(1, LAST_TONE + 1))


@pytest.mark.parametrize("device", DEVICES)
@given(
    shape=sizes, seed=st.integers(0, 2**31),
    alphas=st.sampled_from([{"mixup": 0.2}, {"cutmix": 1.0}, {"mixup": 0.4, "cutmix": 1.0}]),
)  # fmt: skip
def test_mixing(device, shape, seed, alphas):
    random = np.random.default_rng(seed)
    x, partners = random.uniform(0, 1, (2, 6, *shape)).astype(np.float32)
    mixing = Augmentation(**alphas).draw_mixing(seed, 0, np.arange(6), shape[:2], size=9)
    there = [torch.from_numpy(part.copy()).to(device) for part in (x, partners)]
    received = mix_on_device(*there, mixing)
    mix_images(x, partners, mixing, threads=1)
    np.testing.assert_allclose(received.cpu().numpy(), x, rtol=0, atol=EXACT / 255)
    for rows in (np.eye(9, 4, dtype=np.float32), random.uniform(0, 1, (9, 1)).astype(np.float32)):
        which = random.integers(0, 9, 6)
        mixed = mix_labels_on_device(torch.from_numpy(rows).to(device), which, mixing)
        np.testing.assert_allclose(mixed.cpu().numpy(), mix_labels(rows, which, mixing), rtol=0, atol=1e-6)


def test_company_does_not_change_an_image():
    images = torch.from_numpy(pixels("bytes", (9, 8, 3), 0))
    augmentation = Augmentation(
        pad_and_crop=2, random_erasing=0.5, colour_jitter=(0.3, 0.3, 0.3, 0.1), randaugment=(2, 9)
    )
    which = np.arange(5)
    whole = augment_on_device(images, which, augmentation.draw(3, 0, which, (9, 8)), augmentation, 1 / 255)
    for i in which:
        alone = augment_on_device(images, [i], augmentation.draw(3, 0, [i], (9, 8)), augmentation, 1 / 255)
        assert torch.equal(alone[0], whole[i])
