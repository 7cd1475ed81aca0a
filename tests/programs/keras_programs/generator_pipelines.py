"""Data in every form `fit` takes: from_generator, a PyDataset with on_epoch_end, steps, sample weights, unbatch."""

import math

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.utils import Sequence

x = np.arange(20 * 6 * 6).reshape(20, 6, 6, 1).astype('float32') / 720
y = np.random.randint(0, 2, 20).astype('float32')

model = keras.Sequential([
    keras.layers.Input((6, 6, 1)),
    keras.layers.Conv2D(2, 3, activation='relu'),
    keras.layers.Flatten(),
    keras.layers.Dense(1, activation='sigmoid'),
])
model.compile('sgd', 'binary_crossentropy', metrics=['accuracy'])


def numbers():
    for i in range(20):
        yield x[i], y[i]


dataset = tf.data.Dataset.from_generator(
    numbers,
    output_signature=(tf.TensorSpec(shape=(6, 6, 1), dtype=tf.float32), tf.TensorSpec(shape=(), dtype=tf.float32)))
first, _ = next(iter(dataset))
np.testing.assert_allclose(first.numpy(), x[0])
old_style = tf.data.Dataset.from_generator(numbers, (tf.float32, tf.float32), (tf.TensorShape([6, 6, 1]), tf.TensorShape([])))
model.fit(old_style.batch(5), epochs=1, verbose=2)
model.fit(dataset.batch(5).repeat(), steps_per_epoch=4, epochs=2, validation_data=dataset.batch(10), verbose=2)


class Mine(Sequence):
    def __init__(self, x_set, y_set, batch_size):
        self.x, self.y = x_set, y_set
        self.batch_size = batch_size
        self.ends = 0

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, idx):
        batch_x = self.x[idx * self.batch_size:(idx + 1) * self.batch_size]
        batch_y = self.y[idx * self.batch_size:(idx + 1) * self.batch_size]
        return np.array(batch_x), np.array(batch_y)

    def on_epoch_end(self):
        self.ends += 1


sequence = Mine(x, y, 8)
model.fit(sequence, epochs=2, verbose=2, workers=2, use_multiprocessing=False)
assert sequence.ends == 2, sequence.ends
assert model.predict(sequence).shape == (20, 1)

weighted = tf.data.Dataset.from_tensor_slices((x, y, np.ones(20))).shuffle(20, seed=3).batch(4)
model.fit(weighted, epochs=1, verbose=2)
model.fit(x, y, sample_weight=np.linspace(0, 1, 20), batch_size=7, verbose=2)
named = tf.data.Dataset.from_tensor_slices({'image': x, 'label': y})
pairs = named.map(lambda row: (row['image'], row['label'])).batch(6)
assert [len(batch) for batch, _ in pairs] == [6, 6, 6, 2]
single = pairs.unbatch().filter(lambda image, label: tf.reduce_sum(image) > 10).enumerate().take(3)
shapes = [(int(i), image.shape.as_list()) for i, (image, label) in single]
both = tf.data.Dataset.zip((tf.data.Dataset.range(3), tf.data.Dataset.range(3, 6))).concatenate(
    tf.data.Dataset.zip((tf.data.Dataset.range(1), tf.data.Dataset.range(1))))
assert [(int(a), int(b)) for a, b in both] == [(0, 3), (1, 4), (2, 5), (0, 0)]
assert len(list(dataset.skip(15).as_numpy_iterator())) == 5
print(shapes, len(pairs))
# prints: [(0, [6, 6, 1]), (1, [6, 6, 1]), (2, [6, 6, 1])] 4
