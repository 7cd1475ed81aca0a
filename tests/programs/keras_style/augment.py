"""A Keras user's program: one photo in, variations of it on disk."""

import sys

import numpy as np
import tensorflow as tf

if __name__ == "__main__":
    photo = tf.keras.preprocessing.image.load_img(sys.argv[1])
    photo = tf.keras.preprocessing.image.img_to_array(photo)
    print("PHOTO", photo.shape, photo.dtype)
    photos = np.expand_dims(photo, axis=0)

    vary = tf.keras.preprocessing.image.ImageDataGenerator(
        rotation_range=20,
        width_shift_range=0.1,
        shear_range=0.2,
        zoom_range=0.4,
        horizontal_flip=True,
    )
    stream = vary.flow(photos, batch_size=1, save_to_dir=sys.argv[2], save_prefix="photo", save_format="jpeg")
    for count, batch in enumerate(stream, start=1):
        assert batch.shape == photos.shape
        if count > 5:
            break
