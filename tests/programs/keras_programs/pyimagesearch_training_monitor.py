"""PyImageSearch's TrainingMonitor (a BaseLogger) and EpochCheckpoint, training resumed with K.get_value and K.set_value."""

# import the necessary packages
from keras.callbacks import BaseLogger, Callback, ModelCheckpoint
from keras.layers import Activation, BatchNormalization, Conv2D, Dense, Flatten
from keras.models import Sequential, load_model
from keras.optimizers import SGD
import keras.backend as K
import matplotlib.pyplot as plt
import numpy as np
import json
import os


class TrainingMonitor(BaseLogger):
	def __init__(self, figPath, jsonPath=None, startAt=0):
		# store the output path for the figure, the path to the JSON
		# serialized file, and the starting epoch
		super(TrainingMonitor, self).__init__()
		self.figPath = figPath
		self.jsonPath = jsonPath
		self.startAt = startAt

	def on_train_begin(self, logs={}):
		# initialize the history dictionary
		self.H = {}

		# if the JSON history path exists, load the training history
		if self.jsonPath is not None:
			if os.path.exists(self.jsonPath):
				self.H = json.loads(open(self.jsonPath).read())

				# check to see if a starting epoch was supplied
				if self.startAt > 0:
					# loop over the entries in the history log and
					# trim any entries that are past the starting epoch
					for k in self.H.keys():
						self.H[k] = self.H[k][:self.startAt]

	def on_epoch_end(self, epoch, logs={}):
		# loop over the logs and update the loss, accuracy, etc.
		# for the entire training process
		for (k, v) in logs.items():
			l = self.H.get(k, [])
			l.append(float(v))
			self.H[k] = l

		# check to see if the training history should be serialized
		if self.jsonPath is not None:
			f = open(self.jsonPath, "w")
			f.write(json.dumps(self.H))
			f.close()

		# ensure at least two epochs have passed before plotting
		if len(self.H["loss"]) > 1:
			N = np.arange(0, len(self.H["loss"]))
			plt.figure()
			plt.plot(N, self.H["loss"], label="train_loss")
			plt.plot(N, self.H["val_loss"], label="val_loss")
			plt.plot(N, self.H["accuracy"], label="train_acc")
			plt.plot(N, self.H["val_accuracy"], label="val_acc")
			plt.title("Training Loss and Accuracy [Epoch {}]".format(len(self.H["loss"])))
			plt.legend()
			plt.savefig(self.figPath)
			plt.close()


class EpochCheckpoint(Callback):
	def __init__(self, outputPath, every=5, startAt=0):
		# call the parent constructor
		super(Callback, self).__init__()
		self.outputPath = outputPath
		self.every = every
		self.intEpoch = startAt

	def on_epoch_end(self, epoch, logs={}):
		# check to see if the model should be serialized to disk
		if (self.intEpoch + 1) % self.every == 0:
			p = os.path.sep.join([self.outputPath, "epoch_{}.hdf5".format(self.intEpoch + 1)])
			self.model.save(p, overwrite=True)

		# increment the internal epoch counter
		self.intEpoch += 1


trainX = np.random.random((40, 12, 12, 1))
trainY = np.eye(4)[np.random.randint(0, 4, 40)]
os.makedirs("checkpoints")

for start in (0, 1):
	# if there is no specific model checkpoint supplied, then initialize
	# the network and compile the model
	if start == 0:
		print("[INFO] compiling model...")
		model = Sequential()
		model.add(Conv2D(4, (3, 3), input_shape=(12, 12, 1)))
		model.add(Activation("relu"))
		model.add(BatchNormalization())
		model.add(Flatten())
		model.add(Dense(4, activation="softmax"))
		model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=1e-1, momentum=0.9), metrics=["accuracy"])

	# otherwise, load the checkpoint from disk
	else:
		print("[INFO] loading {}...".format("checkpoints/epoch_1.hdf5"))
		model = load_model("checkpoints/epoch_1.hdf5")

		# update the learning rate
		print("[INFO] old learning rate: {}".format(K.get_value(model.optimizer.lr)))
		K.set_value(model.optimizer.lr, 1e-2)
		print("[INFO] new learning rate: {}".format(K.get_value(model.optimizer.lr)))

	# construct the set of callbacks
	callbacks = [
		EpochCheckpoint("checkpoints", every=1, startAt=start),
		TrainingMonitor("{}.png".format(os.getpid()), jsonPath="{}.json".format(os.getpid()), startAt=start),
		ModelCheckpoint("best.hdf5", monitor="val_loss", save_best_only=True, verbose=1)]
	model.fit(trainX, trainY, validation_data=(trainX, trainY), batch_size=10, epochs=1, callbacks=callbacks, verbose=1)

H = json.loads(open("{}.json".format(os.getpid())).read())
assert abs(K.get_value(model.optimizer.lr) - 1e-2) < 1e-7
print(sorted(os.listdir("checkpoints")), {k: len(v) for (k, v) in sorted(H.items())})
# prints: ['epoch_1.hdf5', 'epoch_2.hdf5'] {'accuracy': 2, 'loss': 2, 'val_accuracy': 2, 'val_loss': 2}
