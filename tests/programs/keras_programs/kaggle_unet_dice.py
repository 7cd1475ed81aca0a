"""Kaggle's U-Net: a Lambda that scales, Conv2DTranspose and concatenate, Dice by the backend as loss and metric."""

import os
import numpy as np
from keras.models import Model, load_model
from keras.layers import Input
from keras.layers.core import Dropout, Lambda
from keras.layers.convolutional import Conv2D, Conv2DTranspose
from keras.layers.pooling import MaxPooling2D
from keras.layers.merge import concatenate
from keras.losses import binary_crossentropy
from keras.callbacks import EarlyStopping, ModelCheckpoint
from keras.optimizers import Adam
from keras import backend as K

IMG_WIDTH = 16
IMG_HEIGHT = 16
IMG_CHANNELS = 3
smooth = 1.

Y_train = np.zeros((24, IMG_HEIGHT, IMG_WIDTH, 1), dtype=bool)
for i in range(24):
    Y_train[i, i % 8:i % 8 + 8, 4:12] = True
X_train = (Y_train * 200 + np.random.randint(0, 50, (24, IMG_HEIGHT, IMG_WIDTH, IMG_CHANNELS))).astype(np.uint8)


def dice_coef(y_true, y_pred):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)


def bce_dice_loss(y_true, y_pred):
    return binary_crossentropy(y_true, y_pred) + dice_coef_loss(y_true, y_pred)


# Build U-Net model
inputs = Input((IMG_HEIGHT, IMG_WIDTH, IMG_CHANNELS))
s = Lambda(lambda x: x / 255) (inputs)

c1 = Conv2D(4, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same') (s)
c1 = Dropout(0.1) (c1)
c1 = Conv2D(4, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same') (c1)
p1 = MaxPooling2D((2, 2)) (c1)

c2 = Conv2D(8, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same') (p1)
c2 = Dropout(0.1) (c2)
c2 = Conv2D(8, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same') (c2)

u9 = Conv2DTranspose(4, (2, 2), strides=(2, 2), padding='same') (c2)
u9 = concatenate([u9, c1], axis=3)
c9 = Conv2D(4, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same') (u9)
c9 = Conv2D(4, (3, 3), activation='elu', kernel_initializer='he_normal', padding='same') (c9)

outputs = Conv2D(1, (1, 1), activation='sigmoid') (c9)

model = Model(inputs=[inputs], outputs=[outputs])
model.compile(optimizer=Adam(lr=1e-2), loss=bce_dice_loss, metrics=[dice_coef])
model.summary()

# Fit model
earlystopper = EarlyStopping(patience=5, verbose=1)
checkpointer = ModelCheckpoint('model-dsbowl2018-1.h5', verbose=1, save_best_only=True, save_weights_only=True)
results = model.fit(X_train, Y_train, validation_split=0.25, batch_size=6, epochs=8,
                    callbacks=[earlystopper, checkpointer])
model.load_weights('model-dsbowl2018-1.h5')
preds_val = model.predict(X_train[18:], verbose=1)
preds_val_t = (preds_val > 0.5).astype(np.uint8)
truth = Y_train[18:].astype('float32')
dice = (2 * (truth * preds_val).sum() + 1) / (truth.sum() + preds_val.sum() + 1)
best = np.argmin(results.history['val_loss'])
assert abs(results.history['val_dice_coef'][best] - dice) < 0.02
assert results.history['val_loss'][best] < results.history['val_loss'][0]
print('masks', preds_val_t.shape)
# prints: masks (6, 16, 16, 1)
