"""The second book: features of VGG16 over a dataset, `preprocess_input`, concatenated; then fine-tuning."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

images = np.random.randint(0, 256, (24, 32, 32, 3)).astype("float32")
labels = np.arange(24) % 2
train_dataset = tf.data.Dataset.from_tensor_slices((images[:16], labels[:16])).batch(8)
val_dataset = tf.data.Dataset.from_tensor_slices((images[16:], labels[16:])).batch(8)

conv_base = keras.applications.vgg16.VGG16(
    weights=None,
    include_top=False,
    input_shape=(32, 32, 3))


def get_features_and_labels(dataset):
    all_features = []
    all_labels = []
    for images, labels in dataset:
        preprocessed_images = keras.applications.vgg16.preprocess_input(images)
        features = conv_base.predict(preprocessed_images)
        all_features.append(features)
        all_labels.append(labels)
    return np.concatenate(all_features), np.concatenate(all_labels)


train_features, train_labels = get_features_and_labels(train_dataset)
val_features, val_labels = get_features_and_labels(val_dataset)
print(train_features.shape, train_labels.tolist())

inputs = keras.Input(shape=(1, 1, 512))
x = layers.Flatten()(inputs)
x = layers.Dense(16)(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
callbacks = [
    keras.callbacks.ModelCheckpoint(
        filepath="feature_extraction.keras", save_best_only=True, monitor="val_loss")
]
model.fit(train_features, train_labels, epochs=2, validation_data=(val_features, val_labels), callbacks=callbacks)

conv_base = keras.applications.vgg16.VGG16(weights=None, include_top=False)
conv_base.trainable = True
print("trainable before freezing:", len(conv_base.trainable_weights))
conv_base.trainable = False
print("trainable after freezing:", len(conv_base.trainable_weights))

data_augmentation = keras.Sequential(
    [
        layers.RandomFlip("horizontal"),
        layers.RandomRotation(0.1),
        layers.RandomZoom(0.2),
    ]
)
inputs = keras.Input(shape=(32, 32, 3))
x = data_augmentation(inputs)
x = keras.applications.vgg16.preprocess_input(x)
x = conv_base(x)
x = layers.Flatten()(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

model.fit(train_dataset, epochs=1, validation_data=val_dataset)
conv_base.trainable = True
for layer in conv_base.layers[:-4]:
    layer.trainable = False
model.compile(loss="binary_crossentropy",
              optimizer=keras.optimizers.RMSprop(learning_rate=1e-5),
              metrics=["accuracy"])
model.fit(train_dataset, epochs=1, validation_data=val_dataset)
print("features", train_features.shape, "trainable", len(model.trainable_weights))
# prints: features (16, 1, 1, 512) trainable 8
