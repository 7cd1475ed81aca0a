"""The second book's cats and dogs: image_dataset_from_directory, augmentation by layers, the best .keras file."""

import os, pathlib

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.utils import image_dataset_from_directory

new_base_dir = pathlib.Path("cats_vs_dogs_small")
for subset, count in (("train", 16), ("validation", 8), ("test", 8)):
    for category, low in (("cat", 0), ("dog", 156)):
        dir = new_base_dir / subset / category
        os.makedirs(dir)
        for i in range(count):
            pixels = np.random.randint(low, low + 100, (40, 36, 3)).astype("uint8")
            keras.utils.save_img(dir / f"{category}.{i}.jpg", pixels)

train_dataset = image_dataset_from_directory(
    new_base_dir / "train", image_size=(32, 32), batch_size=8)
validation_dataset = image_dataset_from_directory(
    new_base_dir / "validation", image_size=(32, 32), batch_size=8)
test_dataset = image_dataset_from_directory(
    new_base_dir / "test", image_size=(32, 32), batch_size=8)

for data_batch, labels_batch in train_dataset:
    print("data batch shape:", data_batch.shape)
    print("labels batch shape:", labels_batch.shape)
    break

data_augmentation = keras.Sequential(
    [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.2),
    ]
)
for images, _ in train_dataset.take(1):
    for i in range(3):
        augmented_images = data_augmentation(images)
        assert augmented_images[0].numpy().astype("uint8").shape == (32, 32, 3)

inputs = keras.Input(shape=(32, 32, 3))
x = data_augmentation(inputs)
x = layers.Rescaling(1./255)(x)
x = layers.Conv2D(filters=8, kernel_size=3, activation="relu")(x)
x = layers.MaxPooling2D(pool_size=2)(x)
x = layers.Conv2D(filters=16, kernel_size=3, activation="relu")(x)
x = layers.MaxPooling2D(pool_size=2)(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

callbacks = [
    keras.callbacks.ModelCheckpoint(
        filepath="convnet_from_scratch_with_augmentation.keras",
        save_best_only=True,
        monitor="val_loss")
]
history = model.fit(
    train_dataset,
    epochs=6,
    validation_data=validation_dataset,
    callbacks=callbacks)

accuracy = history.history["accuracy"]
val_accuracy = history.history["val_accuracy"]
assert len(accuracy) == len(val_accuracy) == 6

test_model = keras.models.load_model("convnet_from_scratch_with_augmentation.keras")
test_loss, test_acc = test_model.evaluate(test_dataset)
assert abs(test_loss - model.evaluate(test_dataset)[0]) < 5
print(f"Test accuracy is a share: {0 <= test_acc <= 1}, classes {train_dataset.class_names}")
# prints: Test accuracy is a share: True, classes ['cat', 'dog']
