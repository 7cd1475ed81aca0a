"""Train a small network on rings and squares pasted into photos, and draw why it says what it says.

    python examples/draw_explanations.py pictures

writes pictures/explain-heat-maps.png and explain-top-photos.png: those of docs/explaining.md. The place of each object is known, so
the program also says how much of the heat lies on it.
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_sample_images

import convolens as keras
from convolens.analysis import cost, explain
from convolens.analysis.explain import HeatMap

SIDE, OBJECT, MARGIN = 48, 17, 4  # pixels
CLASSES = ("ring", "square")


def compose(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return images in [0, 1] with an object each, their classes, and the (row, column) of each object's corner."""
    random = np.random.default_rng(seed)
    photos = [
        photo.astype(np.float32) / 255 for photo in load_sample_images().images
    ]  # 427 x 640: a temple, a flower
    classes = random.integers(0, 2, count)
    corners = random.integers(0, SIDE - OBJECT + 1, (count, 2))
    down, across = np.abs(np.mgrid[:OBJECT, :OBJECT] - OBJECT // 2)
    radius, edge = np.hypot(down, across), np.maximum(down, across)
    shapes = ((radius <= 8) & (radius >= 5), (edge <= 7) & (edge >= 4))
    images = np.empty((count, SIDE, SIDE, 3), np.float32)
    for image, kind, (row, column) in zip(images, classes, corners, strict=True):
        photo = photos[random.integers(len(photos))]
        top, left = random.integers(0, photo.shape[0] - SIDE), random.integers(0, photo.shape[1] - SIDE)
        image[:] = 0.6 * photo[top : top + SIDE, left : left + SIDE]
        image[row : row + OBJECT, column : column + OBJECT][shapes[kind]] = random.uniform(0.7, 1.0, 3)
    return images, classes, corners


def network() -> keras.models.Sequential:
    """Return a network of four convolutions."""
    layers = keras.layers
    return keras.models.Sequential(
        [
            layers.Conv2D(16, 5, padding="same", activation="relu", input_shape=(SIDE, SIDE, 3)),
            layers.MaxPooling2D(),
            layers.Conv2D(24, 3, padding="same", activation="relu"),
            layers.Conv2D(24, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2, activation="softmax"),
        ]
    )


def share(heat: np.ndarray, corner: np.ndarray) -> float:
    """Return how much of a map's positive part lies on the object, in [0, 1]."""
    rows, columns = (slice(max(at - MARGIN, 0), at + OBJECT + MARGIN) for at in corner)
    positive = np.maximum(heat, 0)
    return float(positive[rows, columns].sum() / max(positive.sum(), 1e-12))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--images", type=int, default=1500)
    parser.add_argument("--epochs", type=int, default=15)
    asked = parser.parse_args()
    keras.utils.set_random_seed(0)
    model = network()
    model.compile(keras.optimizers.Adam(0.002), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*compose(asked.images, 0)[:2], epochs=asked.epochs, batch_size=32, verbose=0)
    images, classes, corners = compose(100, 1)
    print(f"accuracy on 100 new images: {model.evaluate(images, classes, verbose=0)[1]:.2f}")

    chances = model.predict(images, verbose=0)
    right = np.flatnonzero(chances.argmax(axis=1) == classes)
    number = int(right[0]) if len(right) else 0
    image, kind, corner = images[number], int(classes[number]), corners[number]
    found = explain.integrated_gradients(model, image, kind)
    maps = [
        HeatMap("Grad-CAM", explain.grad_cam(model, image, kind), False, "share of the strongest place"),
        HeatMap(
            "Grad-CAM++",
            explain.grad_cam_plus_plus(model, image, kind),
            False,
            "share of the strongest place",
        ),
        HeatMap("occlusion", explain.occlusion(model, image, kind), True, "the score falls by, when covered"),
        HeatMap(
            "integrated gradients",
            found.attributions,
            True,
            "adds to the score",
            f"gap {float(found.gap):.1%}",
        ),
    ]
    title = f"what speaks for {CLASSES[kind]} ({chances[number, kind]:.1%})"
    seen = (image * 255).astype(np.uint8)
    explain.plot_heat_maps(seen, maps, title, asked.out / "explain-heat-maps.png")
    for item in maps:
        print(
            f"{item.title}: {share(item.heat, corner):.0%} of the heat on the object, {share(np.ones((SIDE, SIDE)), corner):.0%} of the image"
        )

    layer = explain.find_layer(model, image).name
    sees = next(one.receptive_field for one in cost(model, training=False).layers if one.name == layer)
    filters = explain.feature_maps(model, image, [layer])[0].channels
    top = explain.top_photos(model, [images], layer, filters[0], most=5)
    explain.plot_top_photos(
        [(images[one.number] * 255).astype(np.uint8) for one in top],
        top,
        [CLASSES[classes[one.number]] for one in top],
        f"The images on which filter {filters[0]} of {layer} answers most",
        (sees.rows, sees.columns),
        asked.out / "explain-top-photos.png",
    )
    print(f"2 pictures in {asked.out}")


if __name__ == "__main__":
    main()
