'''Keras 2's guide of the functional API: films through TimeDistributed, two outputs with losses and weights by name, saved and loaded.'''

import numpy as np
from keras import backend as K
from keras import losses
from keras.layers import Conv2D, Dense, Flatten, GlobalAveragePooling1D, Input, MaxPooling2D, TimeDistributed
from keras.models import Model, Sequential, load_model

frames, rows, cols = 4, 16, 16
films = np.random.random((24, frames, rows, cols, 3)).astype('float32')
kinds = np.random.randint(0, 3, (24, 1))
lengths = np.random.random((24, 1)).astype('float32')

# a model that looks at one picture
vision = Sequential(name='vision')
vision.add(Conv2D(4, (3, 3), activation='relu', input_shape=(rows, cols, 3)))
vision.add(MaxPooling2D((4, 4)))
vision.add(Flatten())

film = Input(shape=(frames, rows, cols, 3), name='film')
encoded = TimeDistributed(vision)(film)
encoded = TimeDistributed(Dense(8, activation='relu'), name='each')(encoded)
together = GlobalAveragePooling1D()(encoded)
kind = Dense(3, activation='softmax', name='kind')(together)
length = Dense(1, name='length')(together)
model = Model(inputs=film, outputs=[kind, length])
model.add_metric(K.mean(length), name='mean_length', aggregation='mean')
model.compile(optimizer='rmsprop',
              loss={'kind': losses.sparse_categorical_crossentropy, 'length': losses.mean_squared_error},
              loss_weights={'kind': 1., 'length': 0.2})
weights = {'kind': np.linspace(0, 1, 24), 'length': np.ones(24)}
history = model.fit({'film': films}, {'kind': kinds, 'length': lengths}, sample_weight=weights,
                    epochs=2, batch_size=8, validation_split=0.25, verbose=2)
assert 'mean_length' in model.metrics_names and 'val_mean_length' in history.history
on_batch = model.train_on_batch(films[:8], {'kind': kinds[:8], 'length': lengths[:8]},
                                sample_weight={'kind': np.ones(8), 'length': np.zeros(8)})
assert len(on_batch) == len(model.metrics_names)

# one film without its batch is refused
try:
    model.predict(films[0])
except ValueError as error:
    assert 'expected ndim=5, found ndim=4' in str(error), error
else:
    raise AssertionError('one film was taken for a batch')

model.save('films.h5')
again = load_model('films.h5')
assert again.loss is not None
for a, b in zip(model.predict(films), again.predict(films)):
    assert np.allclose(a, b, atol=1e-6)
print([layer.output_shape for layer in model.layers[1:4]], model.count_params())
# prints: [(None, 4, 36), (None, 4, 8), (None, 8)] 444
