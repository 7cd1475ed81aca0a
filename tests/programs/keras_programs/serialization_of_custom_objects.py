"""register_keras_serializable, get_config and custom_objects: a layer, a loss and a Model of one's own, saved and loaded."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


@keras.utils.register_keras_serializable(package="my_package")
class ConvBlock(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.conv = layers.Conv2D(filters, 3, padding="same")
        self.norm = layers.BatchNormalization()

    def call(self, inputs, training=None):
        return tf.nn.relu(self.norm(self.conv(inputs), training=training))

    def get_config(self):
        return {**super().get_config(), "filters": self.filters}


@keras.utils.register_keras_serializable(package="my_package", name="my_loss")
def my_loss(y_true, y_pred):
    return tf.reduce_mean(tf.abs(y_true - y_pred), axis=-1)


class Swish(layers.Layer):
    def __init__(self, beta=1.0, **kwargs):
        super(Swish, self).__init__(**kwargs)
        self.beta = beta

    def call(self, inputs):
        return inputs * tf.sigmoid(self.beta * inputs)

    def get_config(self):
        config = super(Swish, self).get_config()
        config.update({"beta": self.beta})
        return config


inputs = keras.Input((8, 8, 3))
x = ConvBlock(4)(inputs)
x = ConvBlock(4, name="second")(x) + x
x = Swish(beta=1.5)(x)
x = layers.GlobalMaxPool2D()(x)
outputs = layers.Dense(2)(x)
model = keras.Model(inputs, outputs)
model.compile("adam", loss=my_loss, metrics=["mae"])
images = np.random.random((16, 8, 8, 3)).astype("float32")
model.fit(images, np.random.random((16, 2)), epochs=1, verbose=0)
expected = model.predict(images)

model.save("custom.keras")
loaded = keras.models.load_model("custom.keras", custom_objects={"Swish": Swish})
np.testing.assert_allclose(loaded.predict(images), expected, atol=1e-5)
model.save("custom.h5")
with keras.utils.custom_object_scope({"Swish": Swish}):
    loaded = keras.models.load_model("custom.h5")
np.testing.assert_allclose(loaded.predict(images), expected, atol=1e-5)
assert isinstance(loaded.get_layer("second"), ConvBlock) and loaded.get_layer("second").filters == 4
print([type(layer).__name__ for layer in loaded.layers if type(layer).__module__ == "__main__"])
# prints: ['ConvBlock', 'ConvBlock', 'Swish']
