"""An Inception module with the functional API, inside a small classifier of handwritten digits.

    python examples/inception_module.py --epochs 2

Four branches look at the same feature maps (1x1; 3x3 and 5x5 behind a 1x1 that reduces channels; a
pooled one) and their channels are put side by side. From Szegedy et al., "Going deeper with
convolutions" (2014).
"""

import argparse

import digits_data

import convolens as keras
from convolens import layers


def inception_module(x, ones, threes_in, threes, fives_in, fives, pooled):
    """Return the four branches over `x`, concatenated along channels."""

    def convolution(x, filters, size):
        return layers.Conv2D(filters, size, padding="same", activation="relu")(x)

    branch_1 = convolution(x, ones, 1)
    branch_3 = convolution(convolution(x, threes_in, 1), threes, 3)
    branch_5 = convolution(convolution(x, fives_in, 1), fives, 5)
    branch_pool = layers.MaxPooling2D(3, strides=1, padding="same")(x)
    branch_pool = convolution(branch_pool, pooled, 1)
    return layers.Concatenate()([branch_1, branch_3, branch_5, branch_pool])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=2)
    arguments = parser.parse_args()

    inputs = keras.Input(shape=(32, 32, 3))
    x = layers.Conv2D(16, 3, strides=2, padding="same", activation="relu")(inputs)
    x = inception_module(x, 16, 12, 24, 4, 8, 8)
    x = layers.MaxPooling2D(2)(x)
    x = inception_module(x, 24, 16, 32, 4, 12, 12)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    model = keras.models.Model(inputs=inputs, outputs=outputs)
    model.summary()

    (x_train, y_train), (x_test, y_test) = digits_data.load_data()
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=32, epochs=arguments.epochs, validation_split=0.1)
    loss, accuracy = model.evaluate(x_test, y_test, verbose=0)
    print(f"Test loss {loss:.4f}, test accuracy {accuracy:.4f}")


if __name__ == "__main__":
    main()
