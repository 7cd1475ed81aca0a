'''Keras 1's functional style: Model(input=, output=), merge(mode='concat'/'sum'), nb_filter=, nb_row=, nb_col=.'''

import numpy as np
from keras.layers import Input, Convolution2D, MaxPooling2D, AveragePooling2D, Flatten, Dense, merge
from keras.models import Model
from keras.regularizers import l2

X = np.random.random((32, 12, 12, 3)).astype('float32')
Y = np.random.randint(0, 2, (32, 1))

input_img = Input(shape=(12, 12, 3), name='main_input')
tower_1 = Convolution2D(4, 1, 1, border_mode='same', activation='relu')(input_img)
tower_1 = Convolution2D(4, 3, 3, border_mode='same', activation='relu', W_regularizer=l2(0.0002))(tower_1)

tower_2 = Convolution2D(nb_filter=4, nb_row=1, nb_col=1, border_mode='same', activation='relu')(input_img)
tower_2 = Convolution2D(nb_filter=4, nb_row=5, nb_col=5, border_mode='same', activation='relu')(tower_2)

tower_3 = MaxPooling2D((3, 3), strides=(1, 1), border_mode='same')(input_img)
tower_3 = Convolution2D(4, 1, 1, border_mode='same', activation='relu')(tower_3)

inception = merge([tower_1, tower_2, tower_3], mode='concat', concat_axis=-1)
residual = Convolution2D(12, 3, 3, border_mode='same')(inception)
x = merge([inception, residual], mode='sum')
x = AveragePooling2D(pool_size=(2, 2), strides=(2, 2), border_mode='valid')(x)
x = Flatten()(x)
predictions = Dense(1, activation='sigmoid', name='main_output')(x)

model = Model(input=input_img, output=predictions)
model.compile(optimizer='rmsprop', loss='binary_crossentropy', metrics=['accuracy'])
history = model.fit({'main_input': X}, {'main_output': Y}, nb_epoch=2, batch_size=8, verbose=2)
assert len(history.history['loss']) == 2
print('output', model.predict(X).shape, 'parameters', model.count_params())
# prints: output (32, 1) parameters 2341
