"""A Keras user's program: a network class, CIFAR-10, SGD with `lr`, checkpoints into .hdf5 files."""

import sys

import tensorflow as tf
from tensorflow import keras


class SmallNet:
    @staticmethod
    def build(width, height, depth, classes):
        net = keras.models.Sequential()
        net.add(
            keras.layers.Conv2D(
                8, (3, 3), padding="same", input_shape=(height, width, depth), activation="relu"
            )
        )
        net.add(keras.layers.Conv2D(8, (3, 3), padding="same", activation="relu"))
        net.add(keras.layers.MaxPooling2D(pool_size=(2, 2)))
        net.add(keras.layers.Flatten())
        net.add(keras.layers.Dense(32, activation="relu"))
        net.add(keras.layers.Dense(classes, activation="softmax"))
        return net


if __name__ == "__main__":
    epochs = int(sys.argv[1])
    ((images, labels), (unseen, unseen_labels)) = tf.keras.datasets.cifar10.load_data()
    images = images.astype("float") / 255.0
    unseen = unseen.astype("float") / 255.0

    net = SmallNet.build(width=32, height=32, depth=3, classes=10)
    net.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.SGD(lr=0.01),
        metrics=["accuracy"],
    )
    name = "weights.{epoch:02d}-{val_loss:.2f}.hdf5"
    keep_best = tf.keras.callbacks.ModelCheckpoint(
        name, monitor="val_loss", mode="min", save_best_only=True, verbose=1
    )
    history = net.fit(
        images,
        labels,
        batch_size=16,
        epochs=epochs,
        validation_split=0.1,
        callbacks=[keep_best],
    )
    print("HISTORY", sorted(history.history), history.epoch)
    scores = net.evaluate(unseen, unseen_labels, verbose=0)
    print("SCORES", *scores)
