"""The second book: a Model with a train_step of its own, a loss tracker among its metrics."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

loss_fn = keras.losses.SparseCategoricalCrossentropy()
loss_tracker = keras.metrics.Mean(name="loss")


class CustomModel(keras.Model):
    def train_step(self, data):
        inputs, targets = data
        with tf.GradientTape() as tape:
            predictions = self(inputs, training=True)
            loss = loss_fn(targets, predictions)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))

        loss_tracker.update_state(loss)
        return {"loss": loss_tracker.result()}

    @property
    def metrics(self):
        return [loss_tracker]


x = np.random.random((64, 8, 8, 1)).astype("float32")
y = (x.mean(axis=(1, 2, 3)) > 0.5).astype("int64")
x[y == 1] += 0.5

inputs = keras.Input(shape=(8, 8, 1))
features = layers.Conv2D(8, 3, activation="relu")(inputs)
features = layers.Flatten()(features)
features = layers.Dropout(0.2)(features)
outputs = layers.Dense(2, activation="softmax")(features)
model = CustomModel(inputs, outputs)

model.compile(optimizer=keras.optimizers.RMSprop())
history = model.fit(x, y, epochs=6, verbose=2)
assert history.history["loss"][-1] < history.history["loss"][0]
print("keys", sorted(history.history), "epochs", len(history.history["loss"]))
# prints: keys ['loss'] epochs 6
