"""Train ShallowVGGNet and keep a weights file for every epoch that improves the validation loss.

    python examples/train_with_checkpoints.py --epochs 5 --out checkpoints

`--cifar10` trains on CIFAR-10 instead of the handwritten digits.
"""

import argparse
from pathlib import Path

import digits_data

import convolens as keras
from convolens.analysis import plot_curves
from convolens.applications import ShallowVGGNet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path("checkpoints"))
    parser.add_argument("--cifar10", action="store_true", help="50,000 photos instead of digits")
    arguments = parser.parse_args()

    if arguments.cifar10:
        (x, y), _ = keras.datasets.cifar10.load_data()
        x = x.astype("float32") / 255.0
    else:
        (x, y), _ = digits_data.load_data()

    model = ShallowVGGNet(input_shape=(32, 32, 3), classes=10)
    model.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.SGD(learning_rate=0.01),
        metrics=["accuracy"],
    )
    checkpoint = keras.callbacks.ModelCheckpoint(
        str(arguments.out / "weights.{epoch:02d}-{val_loss:.2f}.hdf5"),
        monitor="val_loss",
        mode="min",
        save_best_only=True,
        verbose=1,
    )
    history = model.fit(
        x,
        y,
        batch_size=16,
        epochs=arguments.epochs,
        validation_split=0.1,
        callbacks=[checkpoint],
    )
    plot_curves(history.history, arguments.out / "curves.png")
    print(f"Best and all improvements are in {arguments.out}; curves in {arguments.out}/curves.png")


if __name__ == "__main__":
    main()
