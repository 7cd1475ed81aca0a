"""Kaggle's multi-label proteins: focal loss with tf.where and K.pow, f1 by K.round and K.clip, custom_objects."""

import numpy as np
import tensorflow as tf
import keras
from keras import backend as K
from keras.layers import Input, Conv2D, Activation, BatchNormalization, Flatten, Dense
from keras.models import Model, load_model
from keras.callbacks import Callback


def focal_loss(gamma=2., alpha=.25):
    def focal_loss_fixed(y_true, y_pred):
        pt_1 = tf.where(tf.equal(y_true, 1), y_pred, tf.ones_like(y_pred))
        pt_0 = tf.where(tf.equal(y_true, 0), y_pred, tf.zeros_like(y_pred))
        pt_1 = K.clip(pt_1, 1e-3, .999)
        pt_0 = K.clip(pt_0, 1e-3, .999)
        return -K.sum(alpha * K.pow(1. - pt_1, gamma) * K.log(pt_1)) - K.sum((1 - alpha) * K.pow(pt_0, gamma) * K.log(1. - pt_0))
    return focal_loss_fixed


def f1(y_true, y_pred):
    y_pred = K.round(y_pred)
    tp = K.sum(K.cast(y_true * y_pred, 'float'), axis=0)
    fp = K.sum(K.cast((1 - y_true) * y_pred, 'float'), axis=0)
    fn = K.sum(K.cast(y_true * (1 - y_pred), 'float'), axis=0)

    p = tp / (tp + fp + K.epsilon())
    r = tp / (tp + fn + K.epsilon())

    f1 = 2 * p * r / (p + r + K.epsilon())
    f1 = tf.where(tf.math.is_nan(f1), tf.zeros_like(f1), f1)
    return K.mean(f1)


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


class CyclicLR(Callback):
    """Moves the learning rate between two bounds, triangularly, batch by batch."""

    def __init__(self, base_lr=0.001, max_lr=0.006, step_size=4.):
        super(CyclicLR, self).__init__()
        self.base_lr = base_lr
        self.max_lr = max_lr
        self.step_size = step_size
        self.clr_iterations = 0.
        self.history = {}

    def clr(self):
        cycle = np.floor(1 + self.clr_iterations / (2 * self.step_size))
        x = np.abs(self.clr_iterations / self.step_size - 2 * cycle + 1)
        return self.base_lr + (self.max_lr - self.base_lr) * np.maximum(0, (1 - x))

    def on_train_begin(self, logs={}):
        logs = logs or {}
        K.set_value(self.model.optimizer.lr, self.base_lr)

    def on_batch_end(self, epoch, logs=None):
        logs = logs or {}
        self.clr_iterations += 1
        self.history.setdefault('lr', []).append(float(K.get_value(self.model.optimizer.lr)))
        K.set_value(self.model.optimizer.lr, self.clr())


images = np.random.random((32, 12, 12, 4)).astype('float32')
targets = np.random.randint(0, 2, (32, 6)).astype('float32')

init = Input((12, 12, 4))
x = BatchNormalization(axis=-1)(init)
x = Conv2D(8, (3, 3))(x)
x = Activation('relu')(x)
x = Flatten()(x)
x = Dense(6)(x)
x = Activation('sigmoid')(x)
model = Model(init, x)
model.compile(loss=focal_loss(gamma=2., alpha=.75), optimizer=keras.optimizers.Adam(lr=1e-3), metrics=['acc', f1, recall_m])
clr = CyclicLR(base_lr=0.001, max_lr=0.003, step_size=2.)
hist = model.fit(images, targets, batch_size=8, epochs=2, verbose=2, callbacks=[clr], validation_data=(images, targets))
model.save('base.model')
model.save('base.h5')
again = load_model('base.h5', custom_objects={'focal_loss_fixed': focal_loss(), 'f1': f1, 'recall_m': recall_m})

predicted = model.predict(images)
rounded = np.round(predicted)
recall = (targets * rounded).sum(axis=None) / (targets.sum() + 1e-7)
assert abs(model.evaluate(images, targets, batch_size=32, verbose=0)[3] - recall) < 1e-4
np.testing.assert_allclose(again.predict(images), predicted, atol=1e-6)
print(np.round(clr.history['lr'], 4).tolist(), sorted(hist.history))
# prints: [0.001, 0.002, 0.003, 0.002, 0.001, 0.002, 0.003, 0.002] ['acc', 'f1', 'loss', 'recall_m', 'val_acc', 'val_f1', 'val_loss', 'val_recall_m']
