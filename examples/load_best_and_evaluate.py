"""Load the best weights that train_with_checkpoints.py kept and score them on unseen images.

python examples/load_best_and_evaluate.py --checkpoints checkpoints
"""

import argparse
import sys
from pathlib import Path

import digits_data

from convolens.applications import ShallowVGGNet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoints", type=Path, default=Path("checkpoints"))
    arguments = parser.parse_args()

    kept = sorted(arguments.checkpoints.glob("weights.*.hdf5"))  # the epoch comes first in the name
    if not kept:
        sys.exit(f"No weights.*.hdf5 in {arguments.checkpoints}: run train_with_checkpoints.py first.")
    best = kept[-1]  # only improvements were kept, so the last one is the best

    model = ShallowVGGNet(input_shape=(32, 32, 3), classes=10)
    model.load_weights(best)
    model.compile(loss="sparse_categorical_crossentropy", optimizer="sgd", metrics=["accuracy"])
    _, (x, y) = digits_data.load_data()
    loss, accuracy = model.evaluate(x, y, verbose=0)
    print(f"{best.name}: test loss {loss:.4f}, test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
