"""Few photos of new classes: pretrain, extract features, probe them, fine-tune, and compare with training from scratch.

    python examples/transfer/few_photos.py [--photos 3] [--epochs 16] [--seeds 3]

The digits 0 to 4 stand for the many photos that somebody else had, the digits 5 to 9 for yours: `--photos` of each. The cells (`# %%`) can
be run one by one in an editor that knows them.
"""

# %% The digits: many of 0 to 4, few of 5 to 9, and the rest of these to test on
import argparse

import numpy as np
from sklearn.linear_model import LogisticRegression

import convolens as keras
from convolens.datasets import digits
from convolens.features import extract

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--photos", type=int, default=3, help="of each new class")
parser.add_argument("--epochs", type=int, default=16, help="half of them for the head, half for all")
parser.add_argument("--seeds", type=int, default=3)
arguments = parser.parse_args()

images, labels = digits.load_data()
x, y = images[..., np.newaxis].astype("float32") / 255, labels.astype("int64")  # (1797, 8, 8, 1)
known = y < 5


def few_of_each(seed):
    """Return places of the few new photos, and of those to test on."""
    random = np.random.default_rng(seed)
    few = [random.permutation(np.flatnonzero(y == digit))[: arguments.photos] for digit in range(5, 10)]
    return np.concatenate(few), np.setdiff1d(np.flatnonzero(~known), few)


# %% A small network: a base, and a head for five classes on it
def make_base():
    model = keras.models.Sequential([keras.layers.Input(shape=(8, 8, 1))], name="base")
    for number, filters in enumerate((32, 64, 64)):
        model.add(keras.layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{number}"))
        model.add(keras.layers.BatchNormalization(momentum=0.9, name=f"norm{number}"))
        model.add(keras.layers.ReLU(name=f"relu{number}"))
        if number == 0:
            model.add(keras.layers.MaxPooling2D(2))
    model.add(keras.layers.Flatten(name="flatten"))
    return model


def make_head(base):
    return keras.models.Sequential(
        [
            keras.layers.Input(shape=base.output_shape[1:]),
            keras.layers.Dropout(0.25),
            keras.layers.Dense(5, activation="softmax"),
        ],
        name="head",
    )


def compile_for(model, learning_rate):
    optimizer = keras.optimizers.AdamW(learning_rate)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])


def accuracy(model, places):
    return model.evaluate(x[places], y[places] - 5, verbose=0)[1]


# %% Pretrain on 0 to 4, and keep the base's weights
keras.utils.set_random_seed(0)
base = make_base()
pretrained = keras.models.Sequential([base, make_head(base)])
compile_for(pretrained, 2e-3)
pretrained.fit(x[known], y[known], batch_size=32, epochs=4, verbose=0)
learnt = base.get_weights()

# %% The rest, for several draws of the few photos
found = {"from scratch": [], "probe": [], "the head alone": [], "fine-tuned": []}
for seed in range(arguments.seeds):
    few, test = few_of_each(seed)
    keras.utils.set_random_seed(seed)

    # from scratch: the same photos, as many epochs
    base = make_base()
    scratch = keras.models.Sequential([base, make_head(base)])
    compile_for(scratch, 2e-3)
    scratch.fit(x[few], y[few] - 5, batch_size=16, epochs=arguments.epochs, verbose=0)
    found["from scratch"].append(accuracy(scratch, test))

    # extract: what the frozen base makes of the photos, once; probe: a classical learner on it
    base = make_base()
    base.set_weights(learnt)
    features = extract(base, x, "flatten", pool="flatten", cache=False).values  # (1797, 1024)
    probe = LogisticRegression(max_iter=500).fit(features[few], y[few])
    found["probe"].append(probe.score(features[test], y[test]))

    # stage 1: the new head learns from these features; the base is not run
    head = make_head(base)
    compile_for(head, 1e-2)
    half = arguments.epochs // 2
    head.fit(features[few], y[few] - 5, batch_size=16, epochs=half, verbose=0)
    model = keras.models.Sequential([base, head])
    model.freeze(until="base")
    compile_for(model, 1e-3)
    found["the head alone"].append(accuracy(model, test))

    # stage 2: everything from conv1 on, at a tenth of the rate, and less in depth; batch normalisation before it is frozen
    told = model.unfreeze(from_="conv1")
    compile_for(model, 1e-3)
    model.decay_learning_rate_by_depth(0.4)
    model.fit(x[few], y[few] - 5, batch_size=16, epochs=arguments.epochs - half, verbose=0)
    found["fine-tuned"].append(accuracy(model, test))

# %% Compare
print(
    f"{arguments.photos} photos of each of 5 new classes, {arguments.epochs} epochs, {arguments.seeds} draws"
)
print(f"frozen in the second stage: {told.frozen_layers} of {told.layers} layers")
for name, accuracies in found.items():
    print(f"{name:15} {np.mean(accuracies):.3f} ({min(accuracies):.3f} to {max(accuracies):.3f})")
