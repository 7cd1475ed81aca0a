'''Keras 1's example: grid search of a simple convnet by scikit-learn, through KerasClassifier; LocallyConnected2D, nb_epoch.'''

from __future__ import print_function
import numpy as np
np.random.seed(1337)  # for reproducibility

from keras.datasets import mnist
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten
from keras.layers import Convolution2D, MaxPooling2D
from keras.layers.local import LocallyConnected2D
from keras.utils import np_utils
from keras.wrappers.scikit_learn import KerasClassifier
from sklearn.model_selection import GridSearchCV

nb_classes = 10
img_rows, img_cols = 28, 28

# load training data and do basic data normalization
(X_train, y_train), (X_test, y_test) = mnist.load_data()
X_train = X_train.reshape(X_train.shape[0], img_rows, img_cols, 1).astype('float32')
X_test = X_test.reshape(X_test.shape[0], img_rows, img_cols, 1).astype('float32')
X_train /= 255
X_test /= 255

# convert class vectors to binary class matrices
y_train = np_utils.to_categorical(y_train, nb_classes)
y_test = np_utils.to_categorical(y_test, nb_classes)


def make_model(dense_layer_sizes, nb_filters, nb_conv, nb_pool):
    '''Creates model comprised of 2 convolutional layers followed by dense layers'''
    model = Sequential()
    model.add(Convolution2D(nb_filters, nb_conv, nb_conv, border_mode='valid', subsample=(3, 3),
                            input_shape=(img_rows, img_cols, 1)))
    model.add(Activation('relu'))
    model.add(LocallyConnected2D(nb_filters, (nb_conv, nb_conv)))
    model.add(Activation('relu'))
    model.add(MaxPooling2D(pool_size=(nb_pool, nb_pool)))
    model.add(Dropout(0.25))
    model.add(Flatten())
    for layer_size in dense_layer_sizes:
        model.add(Dense(layer_size))
        model.add(Activation('relu'))
    model.add(Dropout(0.5))
    model.add(Dense(nb_classes))
    model.add(Activation('softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adadelta', metrics=['accuracy'])
    return model


my_classifier = KerasClassifier(make_model, batch_size=16, verbose=0)
validator = GridSearchCV(my_classifier,
                         param_grid={'dense_layer_sizes': [[8], [8, 8]],
                                     'nb_epoch': [1],
                                     'nb_filters': [4],
                                     'nb_conv': [3],
                                     'nb_pool': [2]},
                         scoring='neg_log_loss', cv=2)
validator.fit(X_train, y_train.argmax(axis=1))

print('The parameters of the best model are: ')
print(sorted(validator.best_params_))

# validator.best_estimator_ returns sklearn-wrapped version of best model.
# validator.best_estimator_.model returns the (unwrapped) keras model
best_model = validator.best_estimator_.model
metric_names = best_model.metrics_names
metric_values = best_model.evaluate(X_test, y_test, verbose=0)
for metric, value in zip(metric_names, metric_values):
    print(metric, ': ', value)
assert metric_names == ['loss', 'accuracy'] and 0 <= metric_values[1] <= 1
print(best_model.layers[2].get_weights()[0].shape, best_model.layers[2].output_shape)
# prints: (49, 36, 4) (None, 7, 7, 4)
