"""A Keras user's program: the same network, the weights of an earlier epoch, the same score."""

import sys

import tensorflow as tf
from checkpoints import SmallNet

if __name__ == "__main__":
    net = SmallNet.build(width=32, height=32, depth=3, classes=10)
    net.load_weights(sys.argv[1])
    net.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=tf.keras.optimizers.SGD(lr=0.01),
        metrics=["accuracy"],
    )
    (_, (unseen, unseen_labels)) = tf.keras.datasets.cifar10.load_data()
    scores = net.evaluate(unseen.astype("float") / 255.0, unseen_labels, verbose=0)
    print("SCORES", *scores)
