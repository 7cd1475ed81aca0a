"""A model saved and loaded in every form: .keras, .h5, without a suffix, as json, its weights, as a checkpoint."""

import os

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

x = np.random.random((16, 8, 8, 1)).astype('float32')
y = np.random.randint(0, 3, 16)


def create_model():
    model = tf.keras.models.Sequential([
        layers.Conv2D(4, 3, activation='relu', input_shape=(8, 8, 1), name='conv'),
        layers.BatchNormalization(name='norm'),
        layers.Flatten(),
        layers.Dense(3, name='predictions')
    ])
    model.compile(optimizer='adam',
                  loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
                  metrics=[tf.keras.metrics.SparseCategoricalAccuracy()])
    return model


model = create_model()
checkpoint_path = 'training_1/cp.weights.h5'
checkpoint_dir = os.path.dirname(checkpoint_path)
cp_callback = tf.keras.callbacks.ModelCheckpoint(filepath=checkpoint_path, save_weights_only=True, verbose=1)
model.fit(x, y, epochs=1, validation_data=(x, y), callbacks=[cp_callback])
expected = model.predict(x)
loss, acc = model.evaluate(x, y, verbose=2)

# weights alone
model_2 = create_model()
model_2.load_weights(checkpoint_path)
np.testing.assert_allclose(model_2.predict(x), expected, atol=1e-6)
model.save_weights('my_weights.h5')
model_3 = create_model()
model_3.load_weights('my_weights.h5')
np.testing.assert_allclose(model_3.predict(x), expected, atol=1e-6)

# whole models
for path in ('my_model.keras', 'my_model.h5', 'saved_model'):
    model.save(path)
    new_model = tf.keras.models.load_model(path)
    np.testing.assert_allclose(new_model.predict(x), expected, atol=1e-6)
    new_loss, new_acc = new_model.evaluate(x, y, verbose=0)
    assert abs(new_loss - loss) < 1e-4 and abs(new_acc - acc) < 1e-6
    new_model.fit(x, y, epochs=1, verbose=0)
model.save('by_word', save_format='h5')
np.testing.assert_allclose(keras.models.load_model('by_word').predict(x), expected, atol=1e-6)

# the architecture alone
json_config = model.to_json()
from_json = keras.models.model_from_json(json_config)
from_json.set_weights(model.get_weights())
np.testing.assert_allclose(from_json.predict(x), expected, atol=1e-6)
config = model.get_config()
from_config = keras.Sequential.from_config(config)
clone = keras.models.clone_model(model)
assert [layer.name for layer in clone.layers] == ['conv', 'norm', 'flatten', 'predictions'] or len(clone.layers) == 4

# layers of the same name in another network
other = keras.Sequential([
    layers.Conv2D(4, 3, activation='relu', input_shape=(8, 8, 1), name='conv'),
    layers.Flatten(),
    layers.Dense(5, name='other_predictions')
])
other.load_weights('my_weights.h5', by_name=True)
np.testing.assert_allclose(other.get_layer('conv').get_weights()[0], model.get_layer('conv').get_weights()[0])
print(len(from_config.layers), 'layers,', len(other.layers), 'by name')
# prints: 4 layers, 3 by name
