'''Keras 2's example: a layer of one's own, compute_output_shape, `K.l2_normalize` and `K.concatenate`.'''

from __future__ import print_function
import keras
from keras.models import Sequential
from keras import layers
from keras import backend as K
import numpy as np


class Antirectifier(layers.Layer):
    '''Centred and normalised samples, their positive part beside their negative part.'''

    def compute_output_shape(self, input_shape):
        shape = list(input_shape)
        shape[-1] *= 2
        return tuple(shape)

    def call(self, inputs):
        inputs -= K.mean(inputs, axis=-1, keepdims=True)
        inputs = K.l2_normalize(inputs, axis=-1)
        pos = K.relu(inputs)
        neg = K.relu(-inputs)
        return K.concatenate([pos, neg], axis=-1)


class Scale(layers.Layer):
    '''A learnt factor for each channel.'''

    def __init__(self, output_dim=None, **kwargs):
        self.output_dim = output_dim
        super(Scale, self).__init__(**kwargs)

    def build(self, input_shape):
        self.kernel = self.add_weight(name='kernel',
                                      shape=(input_shape[-1],),
                                      initializer='ones',
                                      trainable=True)
        super(Scale, self).build(input_shape)  # Be sure to call this at the end

    def call(self, x):
        return x * self.kernel

    def compute_output_shape(self, input_shape):
        return input_shape


x_train = np.random.random((32, 8, 8, 1)).astype('float32')
y_train = keras.utils.to_categorical(np.random.randint(0, 3, 32), 3)

model = Sequential()
model.add(layers.Conv2D(4, (3, 3), input_shape=(8, 8, 1)))
model.add(Antirectifier())
model.add(Scale())
model.add(layers.Dropout(0.1))
model.add(layers.Flatten())
model.add(layers.Dense(16))
model.add(Antirectifier())
model.add(layers.Dense(3))
model.add(layers.Activation('softmax'))
model.compile(loss='categorical_crossentropy',
              optimizer='rmsprop',
              metrics=['accuracy'])
model.fit(x_train, y_train, batch_size=8, epochs=2, verbose=1, validation_split=0.25)
assert (model.layers[2].get_weights()[0] != 1).any()
print([layer.output_shape for layer in model.layers[:3]])
# prints: [(None, 6, 6, 4), (None, 6, 6, 8), (None, 6, 6, 8)]
