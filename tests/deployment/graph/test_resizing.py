"""An exported graph resizes photos as Pillow does, to the byte."""

from pathlib import Path

import numpy as np
import onnx_ir as ir
import onnx_ir.passes.common as passes
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnxscript import GraphBuilder
from PIL import Image

from convolens.data.decoding.decode import INTERPOLATIONS, RESIZES, read_pixels
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment.graph.resizing import add_resizing

SIZE = (19, 14)


def session(preprocessing: Preprocessing) -> onnxruntime.InferenceSession:
    graph = ir.Graph([], [], nodes=[], opset_imports={"": 20}, name="resizing")
    builder = GraphBuilder(graph)
    photos = builder.input("photos", ir.DataType.UINT8, ["n", "rows", "columns", 3])
    builder.add_output(
        builder.op.Transpose(add_resizing(builder.op, photos, preprocessing), perm=[0, 2, 3, 1]), "pixels"
    )
    model = ir.Model(graph, ir_version=10)
    passes.NameFixPass()(model)
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    return onnxruntime.InferenceSession(ir.to_proto(model).SerializeToString(), options)


@pytest.fixture(scope="module")
def sessions() -> dict[tuple[str, ...], onnxruntime.InferenceSession]:
    return {}


@pytest.mark.parametrize("color_mode", ["rgb", "grayscale"])
@pytest.mark.parametrize("resize", RESIZES)
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@settings(max_examples=12)
@given(rows=st.integers(1, 120), columns=st.integers(1, 120), seed=st.integers(0, 9), hard=st.booleans())
def test_pixels_are_pillows(
    tmp_path: Path, sessions, interpolation, resize, color_mode, rows, columns, seed, hard
):
    key = (interpolation, resize, color_mode)
    preprocessing = Preprocessing(SIZE, color_mode, interpolation, resize)
    if key not in sessions:
        sessions[key] = session(preprocessing)
    photos = np.random.default_rng([seed, rows, columns]).integers(0, 256, (2, rows, columns, 3), np.uint8)
    photos = np.where(photos > 127, 255, 0).astype(np.uint8) if hard else photos  # filters overshoot
    (found,) = sessions[key].run(None, {"photos": photos})
    for photo, pixels in zip(photos, found, strict=True):
        Image.fromarray(photo).save(tmp_path / "photo.png")
        expected = read_pixels(tmp_path / "photo.png", color_mode, SIZE, interpolation, resize=resize)
        off = np.abs(pixels.astype(int) - expected)
        # sines differ in their last place between libraries
        assert off.max() <= (interpolation in ("lanczos", "hamming"))
        assert (off > 0).mean() < 0.01


@pytest.mark.parametrize("size", [(300, 41), (41, 300), (1, 1), (700, 500), SIZE])
def test_tall_wide_large_and_equal_photos(size):
    photo = np.random.default_rng(0).integers(0, 256, (1, *size, 3), np.uint8)
    (found,) = session(Preprocessing(SIZE)).run(None, {"photos": photo})
    expected = Image.fromarray(photo[0]).resize(SIZE[::-1], Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(found[0], np.asarray(expected))
