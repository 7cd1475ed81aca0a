"""TensorFlow 2's way with GANs: SpectralNormalization, weights in a list, optimizer.minimize with a tape, MeanTensor, RandomHeight."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

tf.random.set_seed(3)
AUTOTUNE = tf.data.experimental.AUTOTUNE
images = np.random.rand(32, 8, 8, 1).astype("float32")
dataset = tf.data.Dataset.from_tensor_slices(images).filter(lambda x: tf.reduce_mean(x) > 0)
dataset = dataset.apply(tf.data.experimental.assert_cardinality(32)).shuffle(32).batch(16).prefetch(AUTOTUNE)
print("batches:", tf.data.experimental.cardinality(dataset).numpy())


class Mixture(layers.Layer):
    """A learnt sum of branches; the weights are kept in a list."""

    def __init__(self, count, **kwargs):
        super().__init__(**kwargs)
        self.count = count

    def build(self, input_shape):
        self.ws = [self.add_weight(name=f"w{i}", shape=(input_shape[-1],), initializer="ones") for i in range(self.count)]

    def call(self, inputs):
        return tf.add_n([inputs * w for w in self.ws]) / self.count

    def get_config(self):
        return {**super().get_config(), "count": self.count}


augment = keras.Sequential([layers.RandomHeight(0.2), layers.RandomWidth(0.2), layers.Resizing(8, 8)])
discriminator = keras.Sequential([
    keras.Input(shape=(8, 8, 1)),
    layers.SpectralNormalization(layers.Conv2D(8, 3, strides=2, padding="same")),
    layers.LeakyReLU(),
    layers.Flatten(),
    layers.SpectralNormalization(layers.Dense(1), power_iterations=3),
], name="discriminator")
generator = keras.Sequential([
    keras.Input(shape=(4,)),
    layers.Dense(4 * 4 * 2),
    layers.Reshape((4, 4, 2)),
    Mixture(2),
    layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="sigmoid"),
], name="generator")

cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
d_optimizer = keras.optimizers.Adam(1e-2)
g_optimizer = keras.optimizers.deserialize({"class_name": "Adam", "config": {"learning_rate": 0.01}}, custom_objects={})
mean_image = keras.metrics.MeanTensor()
before = [w.numpy().copy() for w in generator.trainable_weights]

for real in dataset:
    noise = tf.random.normal((len(real), 4))
    with tf.GradientTape() as tape:
        fake = generator(noise, training=True)
        real_output = discriminator(augment(real, training=True), training=True)
        fake_output = discriminator(fake, training=True)
        d_loss = cross_entropy(tf.ones_like(real_output), real_output) + cross_entropy(tf.zeros_like(fake_output), fake_output)
    d_optimizer.minimize(d_loss, discriminator.trainable_variables, tape=tape)

    def g_loss():
        return cross_entropy(tf.ones((len(real), 1)), discriminator(generator(noise, training=True), training=True))

    g_optimizer.minimize(g_loss, generator.trainable_variables)
    mean_image.update_state(tf.reduce_mean(fake, axis=0))

assert all((w.numpy() != old).any() for w, old in zip(generator.trainable_weights, before))
assert len(generator.layers[2].trainable_weights) == 2
discriminator(images, training=True)
kernel = discriminator.layers[-1].get_weights()[0]
assert abs(np.linalg.norm(kernel, 2) - 1) < 1e-2, np.linalg.norm(kernel, 2)
generator.save("generator.keras")
again = keras.models.load_model("generator.keras", custom_objects={"Mixture": Mixture})
noise = np.ones((2, 4), "float32")
assert np.allclose(again.predict(noise, verbose=0), generator.predict(noise, verbose=0), atol=1e-6)
print("mean image:", mean_image.result().shape)
# prints: mean image: (8, 8, 1)
