"""The second book: segmentation by strided convolutions down and Conv2DTranspose up, masks of integers."""

import random

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.image import array_to_img

img_size = (16, 16)
num_imgs = 24
random.Random(1337).shuffle(list(range(num_imgs)))
input_imgs = np.zeros((num_imgs,) + img_size + (3,), dtype="float32")
targets = np.zeros((num_imgs,) + img_size + (1,), dtype="uint8")
for i in range(num_imgs):
    row, column = np.random.randint(0, 8, 2)
    targets[i, row:row + 8, column:column + 8] = 1
    input_imgs[i] = targets[i] * 200 + np.random.randint(0, 50, img_size + (3,))

num_val_samples = 8
train_input_imgs = input_imgs[:-num_val_samples]
train_targets = targets[:-num_val_samples]
val_input_imgs = input_imgs[-num_val_samples:]
val_targets = targets[-num_val_samples:]


def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Rescaling(1./255)(inputs)

    x = layers.Conv2D(8, 3, strides=2, activation="relu", padding="same")(x)
    x = layers.Conv2D(8, 3, activation="relu", padding="same")(x)
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(x)

    x = layers.Conv2DTranspose(16, 3, activation="relu", padding="same")(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu", padding="same", strides=2)(x)
    x = layers.Conv2DTranspose(8, 3, activation="relu", padding="same", strides=2)(x)

    outputs = layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)

    model = keras.Model(inputs, outputs)
    return model


model = get_model(img_size=img_size, num_classes=2)
model.summary()
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
callbacks = [
    keras.callbacks.ModelCheckpoint("segmentation.keras", save_best_only=True)
]
history = model.fit(train_input_imgs, train_targets,
                    epochs=10,
                    callbacks=callbacks,
                    batch_size=4,
                    validation_data=(val_input_imgs, val_targets))
assert history.history["val_loss"][-1] < history.history["val_loss"][0]

model = keras.models.load_model("segmentation.keras")
mask = model.predict(np.expand_dims(val_input_imgs[4], 0))[0]
mask = np.argmax(mask, axis=-1)
mask *= 127
shown = array_to_img(mask[..., np.newaxis])
right = (mask == val_targets[4][..., 0] * 127).mean()
assert right > 0.8, right
print("mask", mask.shape, shown.size)
# prints: mask (16, 16) (16, 16)
