"""The torch way gives the CPU kernel's pixels, for whatever parameters, shape, company and chunk."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given

from convolens.augmentation import Augmentation, Draws, matrices, transform_batch
from convolens.augmentation.draw.augmentation import FILL_MODES
from convolens.augmentation.gpu.on_device import transform_on_device
from convolens.errors import ArgumentError, ShapeError
from devices import DEVICES

EXACT = 1e-3  # of 255: 0.5 is promised, but the steps are the same ones, so next to nothing is expected

one_image = st.fixed_dictionaries(
    {},
    optional={
        "theta": st.one_of(st.floats(-180, 180), st.sampled_from([90.0, -90.0, 180.0, 45.0])),
        "tx": st.one_of(st.floats(-30, 30), st.integers(-12, 12).map(float)),
        "ty": st.one_of(st.floats(-30, 30), st.integers(-12, 12).map(float)),
        "shear": st.floats(-60, 60),
        "zx": st.one_of(st.floats(0.3, 3), st.sampled_from([0.5, 2.0, 9.0])),
        "zy": st.one_of(st.floats(0.3, 3), st.sampled_from([0.5, 2.0, 9.0])),
        "flip_horizontal": st.booleans(),
        "flip_vertical": st.booleans(),
        "channel_shift_intensity": st.floats(-80, 80),
        "brightness": st.floats(0, 2.5),
    },
)


def together(parameters: list[dict]) -> Draws:
    """Return the draws of several images."""
    each = [Draws.of(p) for p in parameters]
    return Draws(
        **{
            name: np.concatenate([getattr(d, name) for d in each])
            for name in Draws.__dataclass_fields__
            if name != "extras"
        }
    )  # fmt: skip


def everything(**options) -> Augmentation:
    return Augmentation(
        rotation_range=40, width_shift_range=0.2, height_shift_range=3, shear_range=10, zoom_range=0.3,
        channel_shift_range=30, brightness_range=(0.5, 1.5), horizontal_flip=True, vertical_flip=True,
        random_resized_crop=(0.5, 1), **options,
    )  # fmt: skip


def compare(device: str, images, which, draws, augmentation, rescale=1.0, centre=None):
    expected = transform_batch(images, which, draws, augmentation, rescale, centre, threads=1)
    there = torch.from_numpy(images).to(device)
    received = transform_on_device(there, which, draws, augmentation, rescale, centre)
    assert received.dtype == torch.float32
    assert received.device.type == device
    assert received.is_contiguous()
    assert tuple(received.shape) == expected.shape
    difference = np.abs(received.cpu().numpy() - expected).max()
    assert difference <= EXACT * rescale


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
@given(
    rows=st.integers(1, 24), columns=st.integers(1, 24), channels=st.sampled_from([1, 3, 4]),
    given_=st.lists(one_image, min_size=1, max_size=4), kind=st.sampled_from(["bytes", "flat", "floats"]),
    cval=st.sampled_from([0.0, 7.5, 300.0]), rescale=st.sampled_from([1.0, 1 / 255]),
    centre=st.sampled_from([None, (0.0, 0.0), (2.5, 1.0)]), seed=st.integers(0, 2**31),
)  # fmt: skip
def test_the_kernels_pixels(
    device, order, fill_mode, rows, columns, channels, given_, kind, cval, rescale, centre, seed
):
    random = np.random.default_rng(seed)
    images = random.integers(0, 256, (5, rows, columns, channels), dtype=np.uint8)
    if kind == "flat":  # as skies are: rounding decides whether brightness sees 200 or 199
        images[:] = images[:, :1, :1]
        images[:, rows // 2 :] //= 2
    if kind == "floats":
        images = (images + random.uniform(0, 1, images.shape)).astype(np.float32)  # beyond 255: stretched
    which = random.integers(0, 5, len(given_))
    augmentation = Augmentation(fill_mode=fill_mode, cval=cval, interpolation_order=order)
    compare(device, images, which, together(given_), augmentation, rescale, centre)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("length", [1, 2, 3, 7, 50])
def test_whole_periods_away(device, fill_mode, order, length):
    """Places on and around every multiple of the length and its neighbours, many periods out, either way."""
    images = np.random.default_rng(0).integers(0, 256, (1, length, length, 3), dtype=np.uint8)
    shifts = [
        float(sign * (k * period + step))
        for sign in (-1, 1)
        for period in (length, max(1, length - 1))
        for k in (1, 2, 3, 7)
        for step in (-1, -0.5, -1e-9, 0, 1e-9, 0.5)
    ]
    draws = together([{"tx": s, "ty": -s} for s in shifts])
    augmentation = Augmentation(fill_mode=fill_mode, cval=9.0, interpolation_order=order)
    compare(device, images, np.zeros(len(shifts), int), draws, augmentation)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_a_photo_sized_batch_drawn(device, order, channels):
    images = np.random.default_rng(1).integers(0, 256, (12, 60, 45, channels), dtype=np.uint8)
    which = np.array([3, 3, 11, 0, 7, 8, 1])
    for fill_mode in FILL_MODES:
        augmentation = everything(fill_mode=fill_mode, interpolation_order=order)
        draws = augmentation.draw(5, 2, which, (60, 45))
        compare(device, images, which, draws, augmentation, 1 / 255)


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
@pytest.mark.parametrize("order", [0, 1])
def test_the_same_bits(order, fill_mode, channels):
    """Brightness takes whole numbers, so that the last bit of a value can become a byte: there must be no such bit."""
    images = np.random.default_rng(2).uniform(0, 255, (20, 33, 40, channels)).astype(np.float32)
    augmentation = Augmentation(
        rotation_range=90, zoom_range=(0.3, 1.5), horizontal_flip=True, vertical_flip=True, fill_mode=fill_mode,
        cval=0.1, interpolation_order=order,
    )  # fmt: skip
    which = np.arange(20)
    draws = augmentation.draw(3, 0, which, (33, 40))
    received = transform_on_device(torch.from_numpy(images), which, draws, augmentation)
    np.testing.assert_array_equal(received.numpy(), transform_batch(images, which, draws, augmentation))


@pytest.mark.parametrize("low", [-90.0, 300.0])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_brightness_beyond_bytes(low, channels):
    images = np.random.default_rng(0).uniform(low, low + 400, (3, 8, 9, channels)).astype(np.float32)
    images[2] = low  # one value only: nothing to stretch
    draws = together([{"brightness": 1.4}, {}, {"brightness": 0.3, "channel_shift_intensity": 50.0}])
    compare("cpu", images, np.arange(3), draws, Augmentation())


def test_alpha_and_the_range_are_kept():
    images = np.random.default_rng(0).integers(20, 200, (1, 6, 6, 4), dtype=np.uint8)
    there = torch.from_numpy(images)
    dark = transform_on_device(there, np.array([0]), Draws.of({"brightness": 0.0}), Augmentation())
    assert dark[..., :3].max() == 0
    np.testing.assert_array_equal(dark[..., 3].numpy(), images[..., 3])
    lifted = transform_on_device(
        there, np.array([0]), Draws.of({"channel_shift_intensity": 100.0}), Augmentation()
    )
    assert lifted.max() == images.max()
    assert lifted.min() == min(images.min() + 100, images.max())


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("fill_mode", FILL_MODES)
def test_chunks_change_nothing(fill_mode, order):
    """Several images a chunk, one image, a few rows, one row: the same bytes."""
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (9, 13, 8, 3), dtype=np.uint8))
    which, augmentation = np.arange(9), everything(fill_mode=fill_mode, interpolation_order=order)
    draws = augmentation.draw(1, 0, which, (13, 8))
    whole = transform_on_device(images, which, draws, augmentation)
    row = (128 + 16 * 3) * 8
    for working_bytes in (row * 13 * 4, row * 13, row * 5, row, 1):
        again = transform_on_device(images, which, draws, augmentation, working_bytes=working_bytes)
        assert torch.equal(again, whole)


def test_company_does_not_change_an_image():
    images = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (20, 16, 18, 3), dtype=np.uint8))
    given_ = [
        {},
        {"theta": 20.0},
        {"brightness": 0.7},
        {"channel_shift_intensity": 9.0},
        {"flip_vertical": True},
    ] * 4
    for order in (0, 1):
        augmentation = Augmentation(interpolation_order=order)
        whole = transform_on_device(images, np.arange(20), together(given_), augmentation, 1 / 255)
        for some in ([0], [7], [19, 0, 11, 11]):
            draws = together([given_[i] for i in some])
            part = transform_on_device(images, np.array(some), draws, augmentation, 1 / 255)
            assert torch.equal(part, whole[some])


def test_views_and_the_source_stay_as_they_are():
    images = np.random.default_rng(0).integers(0, 256, (6, 3, 10, 12), dtype=np.uint8)
    view = torch.from_numpy(images).permute(0, 2, 3, 1)  # NCHW seen as NHWC: not contiguous
    before, augmentation, which = view.clone(), everything(), np.array([5, 0, 2])
    draws = augmentation.draw(0, 0, which, (10, 12))
    received = transform_on_device(view, which, draws, augmentation)
    expected = transform_batch(images.transpose(0, 2, 3, 1), which, draws, augmentation)
    np.testing.assert_allclose(received.numpy(), expected, atol=EXACT)
    floats = view.float().contiguous().requires_grad_()
    changed = transform_on_device(floats, which, draws, augmentation)
    assert not changed.requires_grad
    assert torch.equal(view, before)
    assert torch.equal(floats.detach(), before.float())


def test_an_empty_batch():
    images = torch.zeros((2, 4, 5, 3), dtype=torch.uint8)
    draws = Augmentation().draw(0, 0, [], (4, 5))
    assert transform_on_device(images, np.array([], int), draws, Augmentation()).shape == (0, 4, 5, 3)


def call(images=None, which=(0,), draws=None, **options):
    images = torch.zeros((2, 3, 3, 3), dtype=torch.uint8) if images is None else images
    return transform_on_device(
        images, np.array(which), Draws.of({}) if draws is None else draws, Augmentation(**options)
    )


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"images": torch.zeros((3, 3, 3))}, ShapeError, r"images must be of shape .*; received \(3, 3, 3\)"),
        ({"images": torch.zeros((1, 0, 3, 3))}, ShapeError, r"received \(1, 0, 3, 3\)"),
        ({"images": torch.zeros((1, 3, 3, 3), dtype=torch.float64)}, ArgumentError, "must be uint8 or float32"),
        ({"which": (0, 1)}, ShapeError, r"one place for each of the draws; received shape \(2,\) for 1 draws"),
        ({"which": (2,)}, ArgumentError, "places from 0 to below 2, .*received 2 to 2"),
        ({"which": (-1,)}, ArgumentError, "received -1 to -1"),
        ({"interpolation_order": 3}, ArgumentError, "must be 0 or 1 on a device; received 3. .*transform_batch"),
        ({"draws": Draws.of({"zx": float("inf")})}, ArgumentError, "must be finite numbers"),
        ({"draws": Draws.of({"tx": float("nan")})}, ArgumentError, "must be finite numbers"),
        ({"draws": Draws.of({"channel_shift_intensity": float("nan")})}, ArgumentError, "must be finite"),
        ({"draws": Draws.of({"brightness": float("inf")})}, ArgumentError, "brightness alone may be NaN"),
    ],
    ids=["rank", "no rows", "dtype", "lengths", "beyond", "negative", "order", "inf", "nan", "shift", "brightness"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")
def test_misuse_is_named(options, error, words):
    with pytest.raises(error, match=words):
        call(**options)


def test_places_far_away_stay_inside():
    """A zoom beyond all reason reads no memory that is not the image's."""
    images = torch.full((1, 5, 4, 3), 7, dtype=torch.uint8)
    for fill_mode in ("nearest", "reflect", "wrap"):
        for zoom in (1e6, 1e30, 1e90):
            augmentation = Augmentation(fill_mode=fill_mode)
            moved = transform_on_device(
                images, np.array([0]), Draws.of({"zx": zoom, "zy": zoom}), augmentation
            )
            torch.testing.assert_close(moved, images.float())
    assert np.abs(matrices(Draws.of({"zx": 1e90}), 5, 4)).max() > 1e89
