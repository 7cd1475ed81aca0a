"""Regularizers and constraints in the spellings of Keras 2: l1, l2, l1_l2, max_norm, non_neg, activity penalties."""

import numpy as np
from keras import constraints
from keras import initializers
from keras import regularizers
from keras.constraints import max_norm, non_neg, unit_norm
from keras.layers import ActivityRegularization, Conv2D, Dense, Flatten, GaussianNoise, GaussianDropout, SpatialDropout2D
from keras.models import Sequential
from keras.regularizers import l1, l2, l1_l2

x = np.random.random((24, 8, 8, 3)).astype('float32')
y = np.eye(2)[np.random.randint(0, 2, 24)]

model = Sequential()
model.add(Conv2D(4, (3, 3), activation='relu', input_shape=(8, 8, 3),
                 kernel_initializer=initializers.RandomNormal(stddev=0.1),
                 bias_initializer='zeros',
                 kernel_regularizer=regularizers.l2(0.01),
                 bias_regularizer=l1(0.01),
                 kernel_constraint=max_norm(0.5)))
model.add(GaussianNoise(0.1))
model.add(SpatialDropout2D(0.2))
model.add(ActivityRegularization(l1=0.001))
model.add(Flatten())
model.add(GaussianDropout(0.1))
model.add(Dense(8, activation='tanh', kernel_regularizer=l1_l2(l1=1e-5, l2=1e-4), kernel_constraint=non_neg(),
                kernel_initializer=initializers.Orthogonal(gain=1.0)))
model.add(Dense(2, activation='softmax', kernel_constraint=unit_norm(axis=0)))
model.compile(loss='categorical_crossentropy', optimizer='nadam', metrics=['accuracy'])
history = model.fit(x, y, epochs=3, batch_size=8, verbose=0)

conv, hidden, output = [model.layers[i].get_weights()[0] for i in (0, 6, 7)]
assert np.sqrt((conv ** 2).sum(axis=0)).max() <= 0.5 + 1e-5
assert hidden.min() >= 0
np.testing.assert_allclose(np.sqrt((output ** 2).sum(axis=0)), 1, atol=1e-5)

plain = Sequential()
plain.add(Flatten(input_shape=(8, 8, 3)))
plain.add(Dense(2, kernel_regularizer=l2(0.5)))
plain.compile(loss='mse', optimizer='adagrad')
loss = plain.evaluate(x, np.zeros((24, 2)), verbose=0)
weights = plain.get_weights()[0]
by_hand = (plain.predict(x) ** 2).mean() + 0.5 * (weights ** 2).sum()
assert abs(loss - by_hand) < 1e-3, (loss, by_hand)
print(len(history.history['loss']), 'epochs; penalties:', len(plain.losses))
# prints: 3 epochs; penalties: 1
