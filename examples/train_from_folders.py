"""Train ConvModel from folders of photos, without augmentation (as they are) or with it.

    python examples/train_from_folders.py DATA    # train/CLASS/*.jpg, validation/CLASS/*.jpg
    python examples/train_from_folders.py DATA --augment

Two classes; the photos are read, resized and varied batch by batch.
"""

import argparse
from pathlib import Path

import convolens as keras
from convolens.applications import ConvModel

VARIATIONS = {
    "shear_range": 0.2,
    "zoom_range": 0.2,
    "rotation_range": 30,
    "horizontal_flip": True,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="a folder with train/ and validation/")
    parser.add_argument("--augment", action="store_true", help="vary the training photos")
    parser.add_argument("--size", type=int, default=150, help="rows and columns, in pixels")
    parser.add_argument("--epochs", type=int, default=50)
    parser.add_argument("--batch-size", type=int, default=64)
    arguments = parser.parse_args()

    # Validation photos are only rescaled: what is measured must not be varied.
    variations = VARIATIONS if arguments.augment else {}
    training = keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255, **variations)
    validation = keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    flow = {
        "target_size": (arguments.size, arguments.size),
        "batch_size": arguments.batch_size,
        "class_mode": "binary",
    }
    training_photos = training.flow_from_directory(arguments.data / "train", **flow)
    validation_photos = validation.flow_from_directory(arguments.data / "validation", **flow)

    model = ConvModel(input_shape=(arguments.size, arguments.size, 3))
    model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    history = model.fit(
        training_photos,
        steps_per_epoch=max(1, training_photos.samples // arguments.batch_size),
        epochs=arguments.epochs,
        validation_data=validation_photos,
        validation_steps=max(1, validation_photos.samples // arguments.batch_size),
    )
    best = max(history.history["val_accuracy"])
    print(f"Best validation accuracy {'with' if arguments.augment else 'without'} augmentation: {best:.3f}")


if __name__ == "__main__":
    main()
