"""keras.io's Oxford pets (2020): a keras.utils.Sequence of files, a U-Net-like Xception, mask files."""

import os
import random

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.image import load_img, save_img

img_size = (32, 32)
num_classes = 3
batch_size = 4
for i in range(12):
    os.makedirs("images", exist_ok=True)
    os.makedirs("annotations", exist_ok=True)
    save_img(f"images/{i:02d}.jpg", np.random.randint(0, 256, (40, 40, 3)))
    save_img(f"annotations/{i:02d}.png", np.random.randint(1, 4, (40, 40, 1)), scale=False)

input_img_paths = sorted(
    [os.path.join("images", fname) for fname in os.listdir("images") if fname.endswith(".jpg")]
)
target_img_paths = sorted(
    [
        os.path.join("annotations", fname)
        for fname in os.listdir("annotations")
        if fname.endswith(".png") and not fname.startswith(".")
    ]
)


class OxfordPets(keras.utils.Sequence):
    """Helper to iterate over the data (as Numpy arrays)."""

    def __init__(self, batch_size, img_size, input_img_paths, target_img_paths):
        self.batch_size = batch_size
        self.img_size = img_size
        self.input_img_paths = input_img_paths
        self.target_img_paths = target_img_paths

    def __len__(self):
        return len(self.target_img_paths) // self.batch_size

    def __getitem__(self, idx):
        """Returns tuple (input, target) correspond to batch #idx."""
        i = idx * self.batch_size
        batch_input_img_paths = self.input_img_paths[i : i + self.batch_size]
        batch_target_img_paths = self.target_img_paths[i : i + self.batch_size]
        x = np.zeros((self.batch_size,) + self.img_size + (3,), dtype="float32")
        for j, path in enumerate(batch_input_img_paths):
            img = load_img(path, target_size=self.img_size)
            x[j] = img
        y = np.zeros((self.batch_size,) + self.img_size + (1,), dtype="uint8")
        for j, path in enumerate(batch_target_img_paths):
            img = load_img(path, target_size=self.img_size, color_mode="grayscale")
            y[j] = np.expand_dims(img, 2)
            # Ground truth labels are 1, 2, 3. Subtract one to make them 0, 1, 2:
            y[j] -= 1
        return x, y


def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))

    x = layers.Conv2D(8, 3, strides=2, padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    previous_block_activation = x  # Set aside residual

    for filters in [8, 16]:
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
        residual = layers.Conv2D(filters, 1, strides=2, padding="same")(previous_block_activation)
        x = layers.add([x, residual])
        previous_block_activation = x

    for filters in [16, 8, 8]:
        x = layers.Activation("relu")(x)
        x = layers.Conv2DTranspose(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.UpSampling2D(2)(x)
        residual = layers.UpSampling2D(2)(previous_block_activation)
        residual = layers.Conv2D(filters, 1, padding="same")(residual)
        x = layers.add([x, residual])
        previous_block_activation = x

    outputs = layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)
    return keras.Model(inputs, outputs)


# Free up RAM in case the model definition cells were run multiple times
keras.backend.clear_session()

model = get_model(img_size, num_classes)
val_samples = 4
random.Random(1337).shuffle(input_img_paths)
random.Random(1337).shuffle(target_img_paths)
train_gen = OxfordPets(batch_size, img_size, input_img_paths[:-val_samples], target_img_paths[:-val_samples])
val_gen = OxfordPets(batch_size, img_size, input_img_paths[-val_samples:], target_img_paths[-val_samples:])

model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
callbacks = [keras.callbacks.ModelCheckpoint("oxford_segmentation.h5", save_best_only=True)]
model.fit(train_gen, epochs=2, validation_data=val_gen, callbacks=callbacks)
val_preds = model.predict(val_gen)
mask = np.expand_dims(np.argmax(val_preds[0], axis=-1), axis=-1)
print("masks", val_preds.shape, mask.shape, os.path.exists("oxford_segmentation.h5"))
# prints: masks (4, 32, 32, 3) (32, 32, 1) True
