"""keras.io's transfer learning guide: frozen, `training=False`, logits, then all set free."""

import numpy as np
import keras
from keras import layers
import tensorflow as tf

layer = keras.layers.BatchNormalization()
layer.build((None, 4))  # Create the weights
print("weights:", len(layer.weights))
print("trainable_weights:", len(layer.trainable_weights))
print("non_trainable_weights:", len(layer.non_trainable_weights))
assert (len(layer.weights), len(layer.trainable_weights), len(layer.non_trainable_weights)) == (4, 2, 2)

layer1 = keras.layers.Dense(3, activation="relu")
layer2 = keras.layers.Dense(3, activation="sigmoid")
model = keras.Sequential([keras.Input(shape=(3,)), layer1, layer2])
layer1.trainable = False
initial_layer1_weights_values = layer1.get_weights()
model.compile(optimizer="adam", loss="mse")
model.fit(np.random.random((2, 3)), np.random.random((2, 3)))
final_layer1_weights_values = layer1.get_weights()
np.testing.assert_allclose(initial_layer1_weights_values[0], final_layer1_weights_values[0])

train_ds = tf.data.Dataset.from_tensor_slices(
    (np.random.randint(0, 256, (8, 80, 71, 3)).astype("uint8"), np.random.randint(0, 2, 8)))
resize_fn = keras.layers.Resizing(71, 71)
train_ds = train_ds.map(lambda x, y: (resize_fn(x), y))
augmentation_layers = [
    layers.RandomFlip("horizontal"),
    layers.RandomRotation(0.1),
]


def data_augmentation(x):
    for layer in augmentation_layers:
        x = layer(x)
    return x


train_ds = train_ds.map(lambda x, y: (data_augmentation(x), y))
batch_size = 4
train_ds = train_ds.batch(batch_size).prefetch(tf.data.AUTOTUNE).cache()

base_model = keras.applications.Xception(
    weights=None,
    input_shape=(71, 71, 3),
    include_top=False,
)
base_model.trainable = False

inputs = keras.Input(shape=(71, 71, 3))
# from (0, 255) to (-1, 1)
scale_layer = keras.layers.Rescaling(scale=1 / 127.5, offset=-1)
x = scale_layer(inputs)
x = base_model(x, training=False)
x = keras.layers.GlobalAveragePooling2D()(x)
x = keras.layers.Dropout(0.2)(x)
outputs = keras.layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.summary(show_trainable=True)

model.compile(
    optimizer=keras.optimizers.Adam(),
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy()],
)
model.fit(train_ds, epochs=1, validation_data=train_ds)

base_model.trainable = True
model.compile(
    optimizer=keras.optimizers.Adam(1e-5),  # Low learning rate
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy()],
)
history = model.fit(train_ds, epochs=1, validation_data=train_ds)
print(sorted(history.history))
# prints: ['binary_accuracy', 'loss', 'val_binary_accuracy', 'val_loss']
