"""keras.io's denoising autoencoder: Conv2DTranspose, noise by NumPy, the same images as targets."""

import numpy as np
from keras import layers
from keras.models import Model


def preprocess(array):
    """Normalizes the supplied array and reshapes it."""
    array = array.astype("float32") / 255.0
    array = np.reshape(array, (len(array), 28, 28, 1))
    return array


def noise(array):
    noise_factor = 0.4
    noisy_array = array + noise_factor * np.random.normal(loc=0.0, scale=1.0, size=array.shape)
    return np.clip(noisy_array, 0.0, 1.0)


images = np.zeros((32, 28, 28), dtype="uint8")
for i in range(32):
    images[i, i % 20:i % 20 + 6, 8:20] = 255
train_data = preprocess(images)
noisy_train_data = noise(train_data)

input = layers.Input(shape=(28, 28, 1))

# Encoder
x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(input)
x = layers.MaxPooling2D((2, 2), padding="same")(x)
x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(x)
x = layers.MaxPooling2D((2, 2), padding="same")(x)

# Decoder
x = layers.Conv2DTranspose(8, (3, 3), strides=2, activation="relu", padding="same")(x)
x = layers.Conv2DTranspose(8, (3, 3), strides=2, activation="relu", padding="same")(x)
x = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)

# Autoencoder
autoencoder = Model(input, x)
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
autoencoder.summary()

history = autoencoder.fit(
    x=noisy_train_data,
    y=train_data,
    epochs=4,
    batch_size=8,
    shuffle=True,
    validation_data=(noisy_train_data, train_data),
)
assert history.history["val_loss"][-1] < history.history["val_loss"][0]
predictions = autoencoder.predict(noisy_train_data)
print("cleaned", predictions.shape)
# prints: cleaned (32, 28, 28, 1)
