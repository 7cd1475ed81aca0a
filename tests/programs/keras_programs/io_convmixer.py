"""keras.io's ConvMixer: depthwise and pointwise convolutions, gelu, AdamW, a tf.data pipeline of two halves."""

import numpy as np
from keras import layers
import keras
import tensorflow as tf

image_size = 16
auto = tf.data.AUTOTUNE
data_augmentation = keras.Sequential(
    [layers.RandomCrop(image_size, image_size), layers.RandomFlip("horizontal")],
    name="data_augmentation",
)
x_train = np.random.randint(0, 256, (32, 18, 18, 3)).astype("uint8")
y_train = np.random.randint(0, 5, (32, 1))


def make_datasets(images, labels, is_train=False):
    dataset = tf.data.Dataset.from_tensor_slices((images, labels))
    if is_train:
        dataset = dataset.shuffle(batch_size * 10)
    dataset = dataset.batch(batch_size)
    if is_train:
        dataset = dataset.map(lambda x, y: (data_augmentation(x), y), num_parallel_calls=auto)
    return dataset.prefetch(auto)


batch_size = 8
train_dataset = make_datasets(x_train, y_train, is_train=True)
val_dataset = make_datasets(x_train[:8, :16, :16], y_train[:8])


def activation_block(x):
    x = layers.Activation("gelu")(x)
    return layers.BatchNormalization()(x)


def conv_stem(x, filters: int, patch_size: int):
    x = layers.Conv2D(filters, kernel_size=patch_size, strides=patch_size)(x)
    return activation_block(x)


def conv_mixer_block(x, filters: int, kernel_size: int):
    # Depthwise convolution.
    x0 = x
    x = layers.DepthwiseConv2D(kernel_size=kernel_size, padding="same")(x)
    x = layers.Add()([activation_block(x), x0])  # Residual.

    # Pointwise convolution.
    x = layers.Conv2D(filters, kernel_size=1)(x)
    x = activation_block(x)
    return x


def get_conv_mixer(image_size=16, filters=16, depth=2, kernel_size=5, patch_size=2, num_classes=5):
    inputs = keras.Input((image_size, image_size, 3))
    x = layers.Rescaling(scale=1.0 / 255)(inputs)
    x = conv_stem(x, filters, patch_size)
    for _ in range(depth):
        x = conv_mixer_block(x, filters, kernel_size)
    x = layers.GlobalAvgPool2D()(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


conv_mixer_model = get_conv_mixer()
conv_mixer_model.compile(
    optimizer=keras.optimizers.AdamW(learning_rate=0.001, weight_decay=0.0001),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
checkpoint_filepath = "checkpoint.weights.h5"
checkpoint_callback = keras.callbacks.ModelCheckpoint(
    checkpoint_filepath,
    monitor="val_accuracy",
    save_best_only=True,
    save_weights_only=True,
)
history = conv_mixer_model.fit(
    train_dataset, validation_data=val_dataset, epochs=2, callbacks=[checkpoint_callback]
)
conv_mixer_model.load_weights(checkpoint_filepath)
_, accuracy = conv_mixer_model.evaluate(val_dataset)
assert abs(accuracy - max(history.history["val_accuracy"])) < 1e-6
patch_embeddings = conv_mixer_model.layers[2].get_weights()[0]
print("patches", patch_embeddings.shape)
# prints: patches (2, 2, 3, 16)
