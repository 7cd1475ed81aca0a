"""PyImageSearch's LeNet: a class with a static `build`, image_data_format, LabelBinarizer, a report by scikit-learn."""

# import the necessary packages
from keras.models import Sequential
from keras.layers.convolutional import Conv2D
from keras.layers.convolutional import MaxPooling2D
from keras.layers.core import Activation
from keras.layers.core import Flatten
from keras.layers.core import Dense
from keras.optimizers import SGD
from sklearn.preprocessing import LabelBinarizer
from sklearn.model_selection import train_test_split
from sklearn.metrics import classification_report
from keras import backend as K
import matplotlib.pyplot as plt
import numpy as np


class LeNet:
	@staticmethod
	def build(width, height, depth, classes):
		# initialize the model
		model = Sequential()
		inputShape = (height, width, depth)

		# if we are using "channels first", update the input shape
		if K.image_data_format() == "channels_first":
			inputShape = (depth, height, width)

		# first set of CONV => RELU => POOL layers
		model.add(Conv2D(8, (5, 5), padding="same",
			input_shape=inputShape))
		model.add(Activation("relu"))
		model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))

		# second set of CONV => RELU => POOL layers
		model.add(Conv2D(16, (5, 5), padding="same"))
		model.add(Activation("relu"))
		model.add(MaxPooling2D(pool_size=(2, 2), strides=(2, 2)))

		# first (and only) set of FC => RELU layers
		model.add(Flatten())
		model.add(Dense(32))
		model.add(Activation("relu"))

		# softmax classifier
		model.add(Dense(classes))
		model.add(Activation("softmax"))

		# return the constructed network architecture
		return model


# three kinds of stripes
labels = np.array(["down", "level", "up"] * 20)
data = np.random.randint(0, 60, (60, 28, 28)).astype("float")
for (image, label) in zip(data, labels):
	image[{"down": slice(0, 9), "level": slice(9, 18), "up": slice(18, 28)}[label]] += 180
data = data.reshape(data.shape[0], 28, 28, 1)

# scale the input data to the range [0, 1] and perform a train/test split
(trainX, testX, trainY, testY) = train_test_split(data / 255.0, labels, test_size=0.25, random_state=42)

# convert the labels from text to vectors
le = LabelBinarizer()
trainY = le.fit_transform(trainY)
testY = le.transform(testY)

# initialize the optimizer and model
print("[INFO] compiling model...")
opt = SGD(lr=0.05)
model = LeNet.build(width=28, height=28, depth=1, classes=3)
model.compile(loss="categorical_crossentropy", optimizer=opt, metrics=["accuracy"])

# train the network
print("[INFO] training network...")
H = model.fit(trainX, trainY, validation_data=(testX, testY), batch_size=9, epochs=12, verbose=1)

# evaluate the network
print("[INFO] evaluating network...")
predictions = model.predict(testX, batch_size=128)
print(classification_report(testY.argmax(axis=1), predictions.argmax(axis=1),
	target_names=[str(x) for x in le.classes_]))

# plot the training loss and accuracy
plt.style.use("ggplot")
plt.figure()
plt.plot(np.arange(0, 12), H.history["loss"], label="train_loss")
plt.plot(np.arange(0, 12), H.history["val_loss"], label="val_loss")
plt.plot(np.arange(0, 12), H.history["acc"], label="train_acc")
plt.plot(np.arange(0, 12), H.history["val_acc"], label="val_acc")
plt.title("Training Loss and Accuracy")
plt.legend()
plt.show()
right = (predictions.argmax(axis=1) == testY.argmax(axis=1)).mean()
assert right > 0.8, right
print("[INFO] classes:", [str(x) for x in le.classes_])
# prints: [INFO] classes: ['down', 'level', 'up']
