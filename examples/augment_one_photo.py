"""Write twenty variations of one photo: rotated, shifted, sheared, zoomed and flipped.

python examples/augment_one_photo.py --out variations [PHOTO]
"""

import argparse
from pathlib import Path

import numpy as np
from sklearn.datasets import load_sample_image

import convolens as keras


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photo", nargs="?", type=Path, help="default: scikit-learn's flower.jpg")
    parser.add_argument("--out", type=Path, default=Path("variations"))
    parser.add_argument("--count", type=int, default=20)
    arguments = parser.parse_args()

    if arguments.photo is None:
        photo = load_sample_image("flower.jpg").astype("float32")  # (427, 640, 3), 0..255
    else:
        loaded = keras.preprocessing.image.load_img(arguments.photo)
        photo = keras.preprocessing.image.img_to_array(loaded)
    batch = np.expand_dims(photo, axis=0)  # (1, height, width, 3)

    generator = keras.preprocessing.image.ImageDataGenerator(
        rotation_range=20,
        width_shift_range=0.1,
        shear_range=0.2,
        zoom_range=0.4,
        horizontal_flip=True,
    )
    arguments.out.mkdir(parents=True, exist_ok=True)
    variations = generator.flow(
        batch, batch_size=1, save_to_dir=arguments.out, save_prefix="photo", save_format="jpeg"
    )
    for _ in range(arguments.count):
        next(variations)
    print(f"{len(list(arguments.out.glob('photo*.jpeg')))} variations in {arguments.out}")


if __name__ == "__main__":
    main()
