"""keras.io's fine-tuning of EfficientNetB0: tf.image.resize, one-hot labels by map, the top 20 layers set free."""

import numpy as np
import tensorflow as tf
import keras
from keras import layers
from keras.applications import EfficientNetB0

IMG_SIZE = 32
BATCH_SIZE = 8
NUM_CLASSES = 3
size = (IMG_SIZE, IMG_SIZE)
images = np.random.randint(0, 256, (16, 40, 36, 3)).astype("uint8")
labels = np.random.randint(0, NUM_CLASSES, 16)
ds_train = tf.data.Dataset.from_tensor_slices((images, labels))
ds_test = tf.data.Dataset.from_tensor_slices((images[:8], labels[:8]))
ds_train = ds_train.map(lambda image, label: (tf.image.resize(image, size), label))
ds_test = ds_test.map(lambda image, label: (tf.image.resize(image, size), label))

img_augmentation_layers = [
    layers.RandomRotation(factor=0.15),
    layers.RandomTranslation(height_factor=0.1, width_factor=0.1),
    layers.RandomFlip(),
    layers.RandomContrast(factor=0.1),
]


def img_augmentation(images):
    for layer in img_augmentation_layers:
        images = layer(images)
    return images


for image, label in ds_train.take(1):
    for i in range(2):
        aug_img = img_augmentation(np.expand_dims(image.numpy(), axis=0))
        aug_img = np.array(aug_img)
        assert aug_img[0].shape == (32, 32, 3)


def input_preprocess_train(image, label):
    image = img_augmentation(image)
    label = tf.one_hot(label, NUM_CLASSES)
    return image, label


def input_preprocess_test(image, label):
    label = tf.one_hot(label, NUM_CLASSES)
    return image, label


ds_train = ds_train.map(input_preprocess_train, num_parallel_calls=tf.data.AUTOTUNE)
ds_train = ds_train.batch(batch_size=BATCH_SIZE, drop_remainder=True)
ds_train = ds_train.prefetch(tf.data.AUTOTUNE)
ds_test = ds_test.map(input_preprocess_test, num_parallel_calls=tf.data.AUTOTUNE)
ds_test = ds_test.batch(batch_size=BATCH_SIZE, drop_remainder=True)


def build_model(num_classes):
    inputs = layers.Input(shape=(IMG_SIZE, IMG_SIZE, 3))
    model = EfficientNetB0(include_top=False, input_tensor=inputs, weights=None)

    # Freeze the pretrained weights
    model.trainable = False

    # Rebuild top
    x = layers.GlobalAveragePooling2D(name="avg_pool")(model.output)
    x = layers.BatchNormalization()(x)

    top_dropout_rate = 0.2
    x = layers.Dropout(top_dropout_rate, name="top_dropout")(x)
    outputs = layers.Dense(num_classes, activation="softmax", name="pred")(x)

    # Compile
    model = keras.Model(inputs, outputs, name="EfficientNet")
    optimizer = keras.optimizers.Adam(learning_rate=1e-2)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    return model


model = build_model(num_classes=NUM_CLASSES)
hist = model.fit(ds_train, epochs=1, validation_data=ds_test)


def unfreeze_model(model):
    # We unfreeze the top 20 layers while leaving BatchNorm layers frozen
    for layer in model.layers[-20:]:
        if not isinstance(layer, layers.BatchNormalization):
            layer.trainable = True

    optimizer = keras.optimizers.Adam(learning_rate=1e-5)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])


frozen = len(model.trainable_weights)
unfreeze_model(model)
hist = model.fit(ds_train, epochs=1, validation_data=ds_test)
assert len(model.trainable_weights) > frozen
print("trainable weights, frozen:", frozen, "keys:", sorted(hist.history.keys()))
# prints: trainable weights, frozen: 4 keys: ['accuracy', 'loss', 'val_accuracy', 'val_loss']
