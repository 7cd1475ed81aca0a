"""The second book: a callback that plots each epoch's batch losses and a metric written by hand."""

from matplotlib import pyplot as plt
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs):
        self.per_batch_losses = []

    def on_batch_end(self, batch, logs):
        self.per_batch_losses.append(logs.get("loss"))

    def on_epoch_end(self, epoch, logs):
        plt.clf()
        plt.plot(range(len(self.per_batch_losses)), self.per_batch_losses,
                 label="Training loss for each batch")
        plt.xlabel(f"Batch (epoch {epoch})")
        plt.ylabel("Loss")
        plt.legend()
        plt.savefig(f"plot_at_epoch_{epoch}")
        self.per_batch_losses = []


class RootMeanSquaredError(keras.metrics.Metric):

    def __init__(self, name="rmse", **kwargs):
        super().__init__(name=name, **kwargs)
        self.mse_sum = self.add_weight(name="mse_sum", initializer="zeros")
        self.total_samples = self.add_weight(name="total_samples", initializer="zeros", dtype="int32")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.one_hot(y_true, depth=tf.shape(y_pred)[1])
        mse = tf.reduce_sum(tf.square(y_true - y_pred))
        self.mse_sum.assign_add(mse)
        num_samples = tf.shape(y_pred)[0]
        self.total_samples.assign_add(num_samples)

    def result(self):
        return tf.sqrt(self.mse_sum / tf.cast(self.total_samples, tf.float32))

    def reset_state(self):
        self.mse_sum.assign(0.)
        self.total_samples.assign(0)


x = np.random.random((48, 8, 8, 1)).astype("float32")
y = np.random.randint(0, 4, 48)
inputs = keras.Input(shape=(8, 8, 1))
features = layers.Conv2D(4, 3, activation="relu")(inputs)
outputs = layers.Dense(4, activation="softmax")(layers.Flatten()(features))
model = keras.Model(inputs, outputs)
model.compile(optimizer="rmsprop",
              loss="sparse_categorical_crossentropy",
              metrics=["accuracy", RootMeanSquaredError()])
callbacks_list = [
    keras.callbacks.EarlyStopping(monitor="val_accuracy", patience=5),
    keras.callbacks.ModelCheckpoint(filepath="checkpoint_path.keras", monitor="val_loss", save_best_only=True),
    LossHistory(),
]
history = model.fit(x, y, epochs=2, batch_size=16, callbacks=callbacks_list, validation_split=0.25)
predictions = model.predict(x[:36])
rmse = np.sqrt(((np.eye(4)[y[:36]] - predictions) ** 2).sum(axis=1).mean())
assert 0.7 < rmse < 1.1 and 0.7 < history.history["rmse"][-1] < 1.1
print(sorted(history.history))
# prints: ['accuracy', 'loss', 'rmse', 'val_accuracy', 'val_loss', 'val_rmse']
