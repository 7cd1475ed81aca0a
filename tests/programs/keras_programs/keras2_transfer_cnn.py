'''Keras 2's example: transfer on digits, a Sequential of two lists of layers, the first frozen for a second training.'''

from __future__ import print_function

import datetime
import numpy as np
import keras
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten
from keras.layers import Conv2D, MaxPooling2D
from keras import backend as K

now = datetime.datetime.now

batch_size = 16
num_classes = 5
epochs = 2
img_rows, img_cols = 14, 14
filters = 8
pool_size = 2
kernel_size = 3

if K.image_data_format() == 'channels_first':
    input_shape = (1, img_rows, img_cols)
else:
    input_shape = (img_rows, img_cols, 1)


def train_model(model, train, test, num_classes):
    x_train = train[0].reshape((train[0].shape[0],) + input_shape)
    x_test = test[0].reshape((test[0].shape[0],) + input_shape)
    x_train = x_train.astype('float32')
    x_test = x_test.astype('float32')
    x_train /= 255
    x_test /= 255

    # convert class vectors to binary class matrices
    y_train = keras.utils.to_categorical(train[1], num_classes)
    y_test = keras.utils.to_categorical(test[1], num_classes)

    model.compile(loss='categorical_crossentropy',
                  optimizer='adadelta',
                  metrics=['accuracy'])

    t = now()
    model.fit(x_train, y_train,
              batch_size=batch_size,
              epochs=epochs,
              verbose=1,
              validation_data=(x_test, y_test))
    print('Training time: %s' % (now() - t))
    score = model.evaluate(x_test, y_test, verbose=0)
    print('Test score:', score[0])
    print('Test accuracy:', score[1])


x = np.random.randint(0, 256, (80, img_rows, img_cols))
y = np.arange(80) % 10
# create two datasets one with digits below 5 and one with 5 and above
x_lt5 = x[y < 5]
y_lt5 = y[y < 5]
x_gte5 = x[y >= 5]
y_gte5 = y[y >= 5] - 5

# define two groups of layers: feature (convolutions) and classification (dense)
feature_layers = [
    Conv2D(filters, kernel_size,
           padding='valid',
           input_shape=input_shape),
    Activation('relu'),
    Conv2D(filters, kernel_size),
    Activation('relu'),
    MaxPooling2D(pool_size=pool_size),
    Dropout(0.25),
    Flatten(),
]
classification_layers = [
    Dense(16),
    Activation('relu'),
    Dropout(0.5),
    Dense(num_classes),
    Activation('softmax')
]

# create complete model
model = Sequential(feature_layers + classification_layers)

# train model for 5-digit classification [0..4]
train_model(model, (x_lt5, y_lt5), (x_lt5, y_lt5), num_classes)

# freeze feature layers and rebuild model
held = feature_layers[0].get_weights()
for l in feature_layers:
    l.trainable = False

# transfer: train dense layers for new classification task [5..9]
dense = classification_layers[0].get_weights()[0]
train_model(model, (x_gte5, y_gte5), (x_gte5, y_gte5), num_classes)
assert all((a == b).all() for a, b in zip(held, feature_layers[0].get_weights()))
assert (dense != classification_layers[0].get_weights()[0]).any()
print('layers', len(model.layers), 'trainable weights', len(model.trainable_weights))
# prints: layers 12 trainable weights 4
