"""tf.keras' metrics on imbalanced classes: TruePositives and kin, AUC(curve='PR'), class weights, output bias."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.default_rng(3)
labels = (rng.random(80) < 0.2).astype('int64')
images = rng.random((80, 8, 8, 1)).astype('float32') + labels[:, None, None, None] * 0.3
neg, pos = np.bincount(labels)
initial_bias = np.log([pos / neg])

METRICS = [
      keras.metrics.BinaryCrossentropy(name='cross entropy'),
      keras.metrics.MeanSquaredError(name='Brier score'),
      keras.metrics.TruePositives(name='tp'),
      keras.metrics.FalsePositives(name='fp'),
      keras.metrics.TrueNegatives(name='tn'),
      keras.metrics.FalseNegatives(name='fn'),
      keras.metrics.BinaryAccuracy(name='accuracy'),
      keras.metrics.Precision(name='precision'),
      keras.metrics.Recall(name='recall'),
      keras.metrics.AUC(name='auc'),
      keras.metrics.AUC(name='prc', curve='PR'), # precision-recall curve
]


def make_model(metrics=METRICS, output_bias=None):
  if output_bias is not None:
    output_bias = tf.keras.initializers.Constant(output_bias)
  model = keras.Sequential([
      keras.layers.Conv2D(4, 3, activation='relu', input_shape=images.shape[1:]),
      keras.layers.GlobalAveragePooling2D(),
      keras.layers.Dropout(0.5),
      keras.layers.Dense(1, activation='sigmoid', bias_initializer=output_bias),
  ])
  model.compile(
      optimizer=keras.optimizers.Adam(learning_rate=1e-3),
      loss=keras.losses.BinaryCrossentropy(),
      metrics=metrics)
  return model


early_stopping = tf.keras.callbacks.EarlyStopping(
    monitor='val_prc',
    verbose=1,
    patience=10,
    mode='max',
    restore_best_weights=True)
model = make_model(output_bias=initial_bias)
np.testing.assert_allclose(model.layers[-1].bias.numpy(), initial_bias, rtol=1e-5)
weight_for_0 = (1 / neg) * (len(labels) / 2.0)
weight_for_1 = (1 / pos) * (len(labels) / 2.0)
class_weight = {0: weight_for_0, 1: weight_for_1}
history = model.fit(
    images,
    labels,
    batch_size=20,
    epochs=2,
    callbacks=[early_stopping],
    validation_data=(images, labels),
    class_weight=class_weight)
results = model.evaluate(images, labels, batch_size=20, verbose=0)
named = model.evaluate(images, labels, verbose=0, return_dict=True)
assert named['tp'] + named['fn'] == pos and named['tn'] + named['fp'] == neg
print(int(named['tp'] + named['fp'] + named['tn'] + named['fn']), 'val_prc' in history.history)
# prints: 80 True
