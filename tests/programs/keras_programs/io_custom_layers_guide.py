"""keras.io's guide to layers and models by subclassing: add_weight, add_loss, training=, get_config, ops."""

import numpy as np
import keras
from keras import layers
from keras import ops


class Linear(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            shape=(input_shape[-1], self.units),
            initializer="random_normal",
            trainable=True,
        )
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)

    def call(self, inputs):
        return ops.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class ComputeSum(keras.layers.Layer):
    def __init__(self, input_dim):
        super().__init__()
        self.total = self.add_weight(
            initializer="zeros", shape=(input_dim,), trainable=False
        )

    def call(self, inputs):
        self.total.assign_add(ops.sum(inputs, axis=0))
        return self.total


x = np.ones((2, 2), dtype="float32")
my_sum = ComputeSum(2)
y = my_sum(x)
print(np.array(y))
y = my_sum(x)
assert np.array(y).tolist() == [4, 4]
print("weights:", len(my_sum.weights), "non-trainable:", len(my_sum.non_trainable_weights))

linear_layer = Linear(4)
y = linear_layer(np.ones((2, 2), dtype="float32"))
assert tuple(y.shape) == (2, 4) and len(linear_layer.weights) == 2


class ActivityRegularizationLayer(keras.layers.Layer):
    def __init__(self, rate=1e-2):
        super().__init__()
        self.rate = rate

    def call(self, inputs):
        self.add_loss(self.rate * ops.mean(inputs))
        return inputs


class OuterLayer(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.activity_reg = ActivityRegularizationLayer(1e-2)

    def call(self, inputs):
        return self.activity_reg(inputs)


layer = OuterLayer()
assert len(layer.losses) == 0  # No losses yet since the layer has never been called
_ = layer(np.zeros((1, 1)))
assert len(layer.losses) == 1  # We created one loss value
_ = layer(np.zeros((1, 1)))
assert len(layer.losses) == 1  # This is the loss created during the call above


class CustomDropout(keras.layers.Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs, training=None):
        if training:
            return keras.random.dropout(inputs, rate=self.rate, seed=self.seed_generator)
        return inputs


ones = np.ones((10, 10), dtype="float32")
assert (np.array(CustomDropout(0.5)(ones)) == 1).all()
assert (np.array(CustomDropout(0.5)(ones, training=True)) == 0).any()


class ConvBlock(keras.Model):
    def __init__(self, filters, classes):
        super().__init__()
        self.conv = layers.Conv2D(filters, 3, activation="relu")
        self.dropout = CustomDropout(0.25)
        self.pool = layers.GlobalAveragePooling2D()
        self.classifier = Linear(classes)

    def call(self, inputs, training=False):
        x = self.conv(inputs)
        x = self.dropout(x, training=training)
        return self.classifier(self.pool(x))


model = ConvBlock(8, 3)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
images = np.random.random((32, 10, 10, 3)).astype("float32")
model.fit(images, np.random.randint(0, 3, 32), epochs=2, batch_size=8)
assert len(model.trainable_weights) == 4
layer = Linear.from_config(Linear(64).get_config())
print("logits", model.predict(images).shape, "units", layer.units)
# prints: logits (32, 3) units 64
