"""keras.io's MixUp: two shuffled datasets zipped, weights from a Beta distribution, mixed by `map`."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

AUTO = tf.data.AUTOTUNE
BATCH_SIZE = 16
EPOCHS = 1

x_train = np.random.random((64, 12, 12)).astype("float32")
x_train = np.reshape(x_train, (-1, 12, 12, 1))
y_train = tf.one_hot(np.random.randint(0, 10, 64), 10)

train_ds_one = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .shuffle(BATCH_SIZE * 100)
    .batch(BATCH_SIZE)
)
train_ds_two = (
    tf.data.Dataset.from_tensor_slices((x_train, y_train))
    .shuffle(BATCH_SIZE * 100)
    .batch(BATCH_SIZE)
)
train_ds = tf.data.Dataset.zip((train_ds_one, train_ds_two))
val_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(BATCH_SIZE)


def sample_beta_distribution(size, concentration_0=0.2, concentration_1=0.2):
    gamma_1_sample = tf.random.gamma(shape=[size], alpha=concentration_1)
    gamma_2_sample = tf.random.gamma(shape=[size], alpha=concentration_0)
    return gamma_1_sample / (gamma_1_sample + gamma_2_sample)


def mix_up(ds_one, ds_two, alpha=0.2):
    # Unpack two datasets
    images_one, labels_one = ds_one
    images_two, labels_two = ds_two
    batch_size = tf.shape(images_one)[0]

    # Sample lambda and reshape it to do the mixup
    l = sample_beta_distribution(batch_size, alpha, alpha)
    x_l = tf.reshape(l, (batch_size, 1, 1, 1))
    y_l = tf.reshape(l, (batch_size, 1))

    # Perform mixup on both images and labels
    images = images_one * x_l + images_two * (1 - x_l)
    labels = labels_one * y_l + labels_two * (1 - y_l)
    return (images, labels)


train_ds_mu = train_ds.map(
    lambda ds_one, ds_two: mix_up(ds_one, ds_two, alpha=0.2),
    num_parallel_calls=AUTO,
)

sample_images, sample_labels = next(iter(train_ds_mu))
for i, (image, label) in enumerate(zip(sample_images[:9], sample_labels[:9])):
    assert image.numpy().squeeze().shape == (12, 12)
    assert abs(label.numpy().sum() - 1) < 1e-5

model = tf.keras.Sequential(
    [
        layers.Conv2D(8, (3, 3), activation="relu", input_shape=(12, 12, 1)),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dropout(0.2),
        layers.Dense(16, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(train_ds_mu, validation_data=val_ds, epochs=EPOCHS)
_, test_acc = model.evaluate(val_ds)
print("batches", int(train_ds_mu.cardinality()), "images", sample_images.shape)
# prints: batches 4 images (16, 12, 12, 1)
