"""extract: the same numbers as a plain forward pass, computed once, whatever the data are and however it was interrupted."""

import csv
import importlib
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from convolens import layers as kl
from convolens.data import Preprocessing, list_images, load_pixels
from convolens.data.caching.place import features_folder, list_cache
from convolens.errors import (
    ArgumentError,
    BusyError,
    CheckpointError,
    DataError,
    ShapeError,
    UnknownNameError,
)
from convolens.features import extract, read_features
from convolens.features.extraction.entries import entry_of
from convolens.files.lock import locked
from convolens.models import Sequential
from images import folders, truncated_jpeg


def network(seed=0):
    """Return a small sequential classifier of 8 x 8 images."""
    torch.manual_seed(seed)
    return Sequential([
        kl.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 3), name="conv"),
        kl.BatchNormalization(name="norm"),
        kl.MaxPooling2D(name="pool"),
        kl.Flatten(name="flat"),
        kl.Dense(6, activation="relu", name="hidden"),
        kl.Dropout(0.5, name="dropout"),
        kl.Dense(2, activation="softmax", name="classes"),
    ])  # fmt: skip


class Counting(torch.nn.Module):
    """Counts how often it is called."""

    def __init__(self, seconds=0.0):
        super().__init__()
        self.linear = torch.nn.Conv2d(3, 5, 3)
        self.head = torch.nn.Linear(5, 2)
        self.calls, self.seconds = 0, seconds

    def forward(self, x):
        self.calls += 1
        time.sleep(self.seconds)
        return self.head(torch.relu_(self.linear(x)).mean((2, 3)))


@given(
    st.integers(1, 9), st.integers(1, 5), st.sampled_from(["conv", "norm", "pool", "hidden"]),
    st.sampled_from(["avg", "max", "flatten", "none"]),
)  # fmt: skip
def test_features_are_those_of_a_plain_forward_pass(count, batch_size, layer, pool):
    model = network()
    x = np.random.default_rng(count).normal(size=(count, 8, 8, 3)).astype(np.float32)
    found = extract(model, x, layer, pool=pool, batch_size=batch_size, cache=False)
    seen = []
    hook = model.get_layer(layer).register_forward_hook(
        lambda module, inputs, output: seen.append(output.detach())
    )
    model.predict(x, verbose=0)
    hook.remove()
    whole = torch.cat(seen)
    expected = whole.permute(0, 2, 3, 1).numpy() if whole.ndim == 4 else whole.numpy()
    if whole.ndim == 4 and pool != "none":
        expected = {
            "avg": expected.mean((1, 2)), "max": expected.max((1, 2)), "flatten": expected.reshape(count, -1),
        }[pool]  # fmt: skip
    assert found.layers == (layer,)
    np.testing.assert_allclose(found.values, expected, atol=1e-6)


def test_several_layers_come_from_one_pass_and_the_modes_stay():
    module = Counting()
    module.train()
    module.linear.eval()  # frozen by hand: must stay so
    x = np.random.default_rng(0).normal(size=(6, 5, 5, 3)).astype(np.float32)
    found = extract(module, x, ["linear", "head"], cache=False)
    assert module.calls == 1
    assert {name: array.shape for name, array in found.values.items()} == {"linear": (6, 5), "head": (6, 2)}
    assert module.training
    assert not module.linear.training
    # relu_ writes over what the convolution gave; the features are those before
    before = module.linear(torch.from_numpy(x).permute(0, 3, 1, 2)).mean((2, 3))
    np.testing.assert_allclose(found.values["linear"], before.detach().numpy(), atol=1e-6)


def test_what_is_behind_the_last_layer_is_not_run():
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), Counting(), torch.nn.Flatten())
    extract(module, np.zeros((2, 8, 8, 3), np.float32), "0", cache=False)
    assert module[1].calls == 0
    model = network()
    calls = []
    model.get_layer("hidden").register_forward_hook(lambda *_: calls.append(1))
    extract(model, np.zeros((2, 8, 8, 3), np.float32), "pool", cache=False)
    assert not calls


@pytest.fixture
def photos(tmp_path):
    """Nine photos of two classes, and one that is broken."""
    data = folders(tmp_path / "data", {"dark": 5, "light": 4})
    truncated_jpeg(data / "light" / "broken.jpg")
    return data


def test_a_folder_gives_names_labels_and_what_was_skipped(photos):
    model, given_ = network(), Preprocessing((8, 8))
    found = extract(model, photos, "hidden")
    pixels = load_pixels(list_images(photos), (8, 8))
    expected = extract(model, given_(pixels.array), "hidden", cache=False).values
    np.testing.assert_array_equal(found.values, expected)
    assert found.class_names == ("dark", "light")
    assert found.labels.tolist() == [0] * 5 + [1] * 4
    assert found.paths[0] == "dark/00.png"
    assert found.paths[-1] == "light/03.png"
    ((path, reason),) = found.skipped
    assert path.endswith("broken.jpg")
    assert "truncated" in reason
    again = extract(model, photos, "hidden")
    assert again.from_cache
    assert not found.from_cache
    assert (again.paths, again.skipped) == (found.paths, found.skipped)
    (entry,) = list_cache(features_folder())
    assert (entry.images, entry.what) == (9, "features of hidden")


def test_loose_photos_have_no_labels(photos):
    found = extract(network(), photos / "dark", "hidden")
    assert found.labels is None
    assert found.class_names is None
    assert found.paths == tuple(f"{i:02d}.png" for i in range(5))


@pytest.mark.parametrize("change", ["weights", "layer", "pool", "preprocessing", "file", "nothing"])
def test_what_the_features_follow_from_is_the_key(photos, change):
    """A change of any of them computes anew; none reads."""
    extract(network(), photos, "pool")
    model, layer, pool, shown = network(int(change == "weights")), "pool", "avg", Preprocessing((8, 8))
    if change == "layer":
        layer = "conv"
    elif change == "pool":
        pool = "max"
    elif change == "preprocessing":
        shown = Preprocessing((8, 8), resize="crop")
    elif change == "file":
        (photos / "dark" / "00.png").write_bytes((photos / "light" / "00.png").read_bytes())
    assert extract(model, photos, layer, pool=pool, preprocessing=shown).from_cache == (change == "nothing")


@pytest.mark.parametrize("ending", [".safetensors", ".npz"])
def test_a_file_is_read_back_and_refused_for_another_network(photos, tmp_path, ending):
    out = tmp_path / f"features{ending}"
    found = extract(network(), photos, ["pool", "hidden"], out=out)
    assert not out.with_name(out.name + ".partial").exists()
    read = read_features(out)
    for layer in ("pool", "hidden"):
        np.testing.assert_array_equal(read.values[layer], found.values[layer])
    assert (read.paths, read.class_names) == (found.paths, found.class_names)
    np.testing.assert_array_equal(read.labels, found.labels)
    with open(tmp_path / "features.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[:2] == [["path", "label"], ["dark/00.png", "dark"]]
    assert extract(network(), photos, ["pool", "hidden"], out=out).from_cache
    with pytest.raises(
        CheckpointError, match=r"holds features of something else: weights\. Give another out"
    ):
        extract(network(1), photos, ["pool", "hidden"], out=out)
    with pytest.raises(CheckpointError, match=r"layers \('pool, hidden' there, 'hidden' here\)"):
        extract(network(), photos, "hidden", out=out)


def test_any_tool_opens_the_file(photos, tmp_path):
    import safetensors.numpy

    found = extract(network(), photos, "hidden", out=tmp_path / "a.safetensors")
    plain = safetensors.numpy.load_file(tmp_path / "a.safetensors")
    np.testing.assert_array_equal(plain["features"], found.values)
    np.testing.assert_array_equal(plain["labels"], found.labels)
    extract(network(), photos, "hidden", out=tmp_path / "b.npz")
    np.testing.assert_array_equal(np.load(tmp_path / "b.npz")["features"], found.values)


def test_labels_are_those_of_the_call(tmp_path):
    """The features of the same pixels are read, whatever the labels are; a file with other labels is refused."""
    model, x = network(), np.random.default_rng(0).random((4, 8, 8, 3)).astype(np.float32)
    found = extract(model, x, "hidden", labels=["b", "a", "b", "a"])
    assert (found.labels.tolist(), found.class_names) == ([1, 0, 1, 0], ("a", "b"))
    again = extract(model, x, "hidden")
    assert again.from_cache
    assert again.labels is None
    extract(model, x, "hidden", labels=[0, 1, 2, 3], out=tmp_path / "a.safetensors")
    assert read_features(tmp_path / "a.safetensors").labels.tolist() == [0, 1, 2, 3]
    with pytest.raises(CheckpointError, match=r"something else: labels\. Give another out"):
        extract(model, x, "hidden", labels=[3, 1, 2, 0], out=tmp_path / "a.safetensors")


def test_a_damaged_entry_of_the_cache_is_made_again(photos):
    found = extract(network(), photos, "hidden")
    found.path.write_bytes(found.path.read_bytes()[:60])
    again = extract(network(), photos, "hidden")
    assert not again.from_cache
    assert again.values.shape == (9, 6)


MEMORY = """
import json, sys
import numpy as np, torch
from convolens.features import extract
from convolens.features.extraction import parts
parts.PART_BYTES = 2**22

def own():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon")) / 1000

def batches():
    for i in range(60):  # 120 MB of features
        yield np.full((8, 256, 256, 1), i, np.float32)
        seen.append(own())

result = {}
for name, options in {"streamed": {"out": sys.argv[1]}, "in memory": {"cache": False}}.items():
    seen = []
    found = extract(torch.nn.Identity(), batches(), pool="none", **options)
    assert found.values.shape == (480, 256, 256, 1) and found.values[-1].max() == 59
    result[name] = max(seen) - seen[10]
print(json.dumps(result))
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="/proc tells how much memory is the program's own"
)
def test_features_go_to_disk_in_constant_memory(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, tmp_path / "a.safetensors"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    grown = json.loads(done.stdout)
    assert grown["streamed"] < 40, grown  # parts on their way, and what the allocator keeps
    assert grown["in memory"] > 80, grown  # so a leak would be seen


def batches(count, seed=0):
    """Yield small batches with labels."""
    random = np.random.default_rng(seed)
    for i in range(count):
        yield random.normal(size=(3, 8, 8, 3)).astype(np.float32), np.full(3, i)


def test_iterators_give_features_and_labels(tmp_path):
    model = network()
    found = extract(model, batches(4), "hidden", out=tmp_path / "a.safetensors")
    assert found.labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    expected = extract(model, np.concatenate([x for x, _ in batches(4)]), "hidden", cache=False)
    np.testing.assert_allclose(found.values, expected.values, atol=1e-6)
    assert extract(model, batches(4), "hidden", out=tmp_path / "a.safetensors").from_cache
    with pytest.raises(CheckpointError, match="something else: data"):
        extract(model, batches(4, seed=1), "hidden", out=tmp_path / "a.safetensors")
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(torch.zeros(5, 3, 8, 8), torch.arange(5)), batch_size=2
    )
    assert extract(model, loader, "hidden").labels.tolist() == [0, 1, 2, 3, 4]


class Failing:
    """Batches that break off, as a program that is killed does."""

    def __init__(self, after, seed=0):
        self.after, self.seed = after, seed

    def __iter__(self):
        for i, batch in enumerate(batches(6, self.seed)):
            if i == self.after:
                raise KeyboardInterrupt
            yield batch


def test_an_interrupted_iterator_goes_on_and_must_be_the_same(tmp_path):
    module, out = Counting(), tmp_path / "a.safetensors"
    with pytest.raises(KeyboardInterrupt):
        extract(module, Failing(4), "linear", out=out, save_every=0)
    assert module.calls == 4
    with pytest.raises(DataError, match="does not give the samples again"):
        extract(module, Failing(9, seed=1), "linear", out=out, save_every=0)
    module.calls = 0
    found = extract(module, Failing(9), "linear", out=out, save_every=0)
    assert module.calls == 2
    np.testing.assert_array_equal(found.values, extract(module, Failing(9), "linear").values)
    assert found.labels.tolist() == np.repeat(np.arange(6), 3).tolist()


PLACES = [str(Path(__file__).parent), str(Path(__file__).parents[2])]  # of this file and of images.py
PROGRAM = """
import sys, numpy as np, torch
sys.path[:0] = sys.argv[3:]
from test_extract import Counting
from convolens.features import extract
torch.manual_seed(0)
module = Counting(seconds=0.05)
x = np.random.default_rng(0).normal(size=(200, 6, 6, 3)).astype(np.float32)
print("ready", flush=True)
extract(module, x, "linear", batch_size=2, out=sys.argv[1], save_every=float(sys.argv[2]))
"""


def test_a_killed_extraction_goes_on_where_it_stopped(tmp_path):
    """Killed as kill -9 does; the parts before are whole, and the end is bit for bit that of one that was not killed."""
    out, partial = tmp_path / "a.safetensors", tmp_path / "a.safetensors.partial"
    child = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, out, "0.05", *PLACES], stdout=subprocess.PIPE, text=True
    )
    child.stdout.readline()
    deadline = time.monotonic() + 60
    while len(list(partial.glob("0*.safetensors"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    child.kill()
    child.wait()
    child.stdout.close()
    kept = sorted(partial.glob("0*.safetensors"))
    assert len(kept) >= 3
    assert not out.exists()
    done = int(kept[-1].stem.split("-")[1])
    assert 0 < done < 200
    torch.manual_seed(0)
    module = Counting()
    x = np.random.default_rng(0).normal(size=(200, 6, 6, 3)).astype(np.float32)
    found = extract(module, x, "linear", batch_size=2, out=out)
    assert module.calls == (200 - done) / 2
    np.testing.assert_array_equal(
        found.values, extract(module, x, "linear", batch_size=2, cache=False).values
    )


def test_a_damaged_part_is_computed_again(tmp_path):
    module, out = Counting(), tmp_path / "a.safetensors"
    with pytest.raises(KeyboardInterrupt):
        extract(module, Failing(4), "linear", out=out, save_every=0)
    second = sorted((tmp_path / "a.safetensors.partial").glob("0*"))[1]
    second.write_bytes(second.read_bytes()[:40])
    module.calls = 0
    extract(module, Failing(9), "linear", out=out, save_every=0)
    assert module.calls == 5


def test_two_processes_do_not_write_the_same_file(tmp_path):
    model, x = network(), np.zeros((2, 8, 8, 3), np.float32)
    partial = tmp_path / "a.safetensors.partial"
    partial.mkdir()
    with locked(partial), pytest.raises(BusyError, match=r"process \d+ is at work in this folder"):
        extract(model, x, out=tmp_path / "a.safetensors")
    assert not extract(model, x, out=tmp_path / "a.safetensors").from_cache
    # the cache's own entry: another process makes it, so this one computes for itself
    key = extract(model, x + 1).key
    entry = entry_of(key)
    shutil.rmtree(entry.folder)
    entry.partial.mkdir()
    with locked(entry.partial):
        assert extract(model, x + 1).path is None


def test_bad_input_is_one_clear_line(photos, tmp_path):
    model, x = network(), np.zeros((2, 8, 8, 3), np.float32)
    with pytest.raises(
        UnknownNameError, match=r"no layer is named 'hiden'\. Did you mean 'hidden'\?.*conv, norm, pool"
    ):
        extract(model, x, "hiden")
    with pytest.raises(ArgumentError, match="layer 9 does not exist; the network has 7 layers"):
        extract(model, x, 9)
    with pytest.raises(ShapeError, match=r"expects x of shape \(None, 8, 8, 3\); received \(2, 9, 9, 3\)"):
        extract(model, np.zeros((2, 9, 9, 3), np.float32))
    with pytest.raises(ArgumentError, match="pool must be one of"):
        extract(model, x, pool="mean")
    with pytest.raises(ArgumentError, match=r"must end in \.safetensors or \.npz"):
        extract(model, x, out=tmp_path / "a.csv")
    with pytest.raises(ArgumentError, match="how large the network's photos must be is not known"):
        extract(Counting(), photos)
    with pytest.raises(ArgumentError, match="labels come from the folder's names"):
        extract(model, photos, labels=[1])
    with pytest.raises(ShapeError, match="cannot take a batch of shape"):
        extract(Counting(), np.zeros((2, 8, 8, 4), np.float32), cache=False)
    folders(tmp_path / "parts" / "train", {"a": 1, "b": 1})
    folders(tmp_path / "parts" / "test", {"a": 1, "b": 1})
    with pytest.raises(DataError, match="holds train, test; give one of them"):
        extract(model, tmp_path / "parts")
    (tmp_path / "mine.csv").write_text("kept")
    with pytest.raises(ArgumentError, match=r"mine\.csv: is there already"):
        extract(model, x, out=tmp_path / "mine.safetensors")
    assert (tmp_path / "mine.csv").read_text() == "kept"


class Pair(torch.nn.Module):
    """Gives two tensors."""

    def forward(self, x):
        return x, x


class TwoHeads(torch.nn.Module):
    """Has a layer that gives no tensor, and one that is never called."""

    def __init__(self):
        super().__init__()
        self.pair, self.unused, self.fc = Pair(), torch.nn.Linear(2, 2), torch.nn.Linear(3, 2)

    def forward(self, x):
        return self.fc(self.pair(x)[0])


def test_a_layer_without_a_tensor_is_refused():
    x = np.zeros((2, 3), np.float32)
    with pytest.raises(ArgumentError, match="layer 'pair' gives a tuple, not a tensor"):
        extract(TwoHeads(), x, "pair", cache=False)
    with pytest.raises(ArgumentError, match="layer 'unused' takes no part in the forward pass"):
        extract(TwoHeads(), x, "unused", cache=False)


def test_a_program_that_changed_is_another_network(tmp_path, monkeypatch):
    """The weights are the same, none; only the text of the class tells."""
    x, found = np.ones((2, 3), np.float32), []
    monkeypatch.syspath_prepend(tmp_path)
    for name, factor in (("first", 2), ("second", 3), ("third", 3)):
        (tmp_path / f"{name}.py").write_text(
            f"import torch\nclass Own(torch.nn.Module):\n    def forward(self, x):\n        return x * {factor}\n"
        )
        own = importlib.import_module(name).Own()
        found.append(extract(torch.nn.Sequential(own), x, "0"))
    assert [(item.values[0, 0], item.from_cache) for item in found] == [(2, False), (3, False), (3, True)]
