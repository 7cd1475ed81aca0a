"""The first book: a VGG16 base in a Sequential, frozen, then `block5_conv1` and what follows set free."""

import numpy as np

from keras import layers
from keras import models
from keras import optimizers
from keras.applications import VGG16
from keras.preprocessing.image import ImageDataGenerator

x = np.random.random((24, 32, 32, 3)) * 255
y = np.arange(24) % 2

conv_base = VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))

model = models.Sequential()
model.add(conv_base)
model.add(layers.Flatten())
model.add(layers.Dense(16, activation='relu'))
model.add(layers.Dense(1, activation='sigmoid'))

print('trainable weights before freezing the conv base:', len(model.trainable_weights))
conv_base.trainable = False
print('trainable weights after freezing the conv base:', len(model.trainable_weights))
assert len(model.trainable_weights) == 4

train_generator = ImageDataGenerator(rescale=1./255, horizontal_flip=True).flow(x, y, batch_size=8)
model.compile(loss='binary_crossentropy', optimizer=optimizers.RMSprop(lr=2e-5), metrics=['acc'])
before = conv_base.get_weights()
model.fit_generator(train_generator, steps_per_epoch=2, epochs=1, verbose=2)
assert all((a == b).all() for a, b in zip(before, conv_base.get_weights()))

conv_base.trainable = True
set_trainable = False
for layer in conv_base.layers:
    if layer.name == 'block5_conv1':
        set_trainable = True
    if set_trainable:
        layer.trainable = True
    else:
        layer.trainable = False

model.compile(loss='binary_crossentropy', optimizer=optimizers.RMSprop(lr=1e-5), metrics=['acc'])
history = model.fit_generator(train_generator, steps_per_epoch=2, epochs=2, verbose=2)
changed = [not (a == b).all() for a, b in zip(before, conv_base.get_weights())]
assert changed[:20] == [False] * 20 and all(changed[20::2])


def smooth_curve(points, factor=0.8):
    smoothed_points = []
    for point in points:
        if smoothed_points:
            previous = smoothed_points[-1]
            smoothed_points.append(previous * factor + point * (1 - factor))
        else:
            smoothed_points.append(point)
    return smoothed_points


print('trainable:', len(model.trainable_weights), 'curve:', len(smooth_curve(history.history['loss'])))
# prints: trainable: 10 curve: 2
