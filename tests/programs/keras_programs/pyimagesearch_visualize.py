"""PyImageSearch's odds and ends: plot_model, json and weights apart, ModelCheckpoint with a template, `keras.utils` paths."""

# import the necessary packages
from keras.utils import plot_model
from keras.utils.np_utils import to_categorical
from keras.models import Sequential, model_from_json
from keras.layers.convolutional import Conv2D, MaxPooling2D, ZeroPadding2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.layers.advanced_activations import ELU
from keras.regularizers import l2
from keras.callbacks import ModelCheckpoint
from keras.optimizers import Adam
import numpy as np
import glob

trainX = np.random.random((32, 16, 16, 3)).astype("float32")
trainY = to_categorical(np.random.randint(0, 2, 32), 2)

model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape=(16, 16, 3)))
model.add(Conv2D(4, (3, 3), strides=(2, 2), kernel_initializer="he_normal", kernel_regularizer=l2(0.0002)))
model.add(ELU())
model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(2, kernel_regularizer=l2(0.0002)))
model.add(Activation("softmax"))

# write the network architecture visualization graph to disk
plot_model(model, to_file="lenet.png", show_shapes=True)

model.compile(loss="binary_crossentropy", optimizer=Adam(lr=1e-3, decay=1e-3 / 2), metrics=["accuracy"])
fname = "weights-{epoch:03d}-{val_loss:.4f}.hdf5"
checkpoint = ModelCheckpoint(fname, monitor="val_loss", mode="min", save_weights_only=True, period=1, verbose=1)
model.fit(trainX, trainY, validation_data=(trainX, trainY), batch_size=8, epochs=2, callbacks=[checkpoint], class_weight={0: 1.0, 1: 2.0})

with open("model.json", "w") as f:
	f.write(model.to_json())
again = model_from_json(open("model.json").read())
again.load_weights(sorted(glob.glob("weights-*.hdf5"))[-1])
np.testing.assert_allclose(again.predict(trainX), model.predict(trainX), atol=1e-6)
penalty = sum(0.0002 * (layer.get_weights()[0] ** 2).sum() for layer in model.layers if layer.get_weights())
again.compile(loss="binary_crossentropy", optimizer="sgd")
bare = -np.log(np.clip(model.predict(trainX)[trainY == 1], 1e-7, 1)).mean()
assert abs(again.evaluate(trainX, trainY, verbose=0) - bare - penalty) < 1e-4
print(len(glob.glob("weights-*.hdf5")), "checkpoints of", len(again.layers), "layers")
# prints: 2 checkpoints of 8 layers
