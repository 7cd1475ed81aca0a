"""PyImageSearch's fine-tuning: VGG16 with a head of one's own, warm-up, then the base from layer 15 on."""

# import the necessary packages
from sklearn.preprocessing import LabelBinarizer
from sklearn.model_selection import train_test_split
from sklearn.metrics import classification_report
from keras.preprocessing.image import ImageDataGenerator, img_to_array
from keras.optimizers import RMSprop
from keras.optimizers import SGD
from keras.applications import VGG16
from keras.layers.core import Dropout
from keras.layers.core import Flatten
from keras.layers.core import Dense
from keras.layers import Input
from keras.models import Model
import numpy as np
import os


class ImageToArrayPreprocessor:
	def __init__(self, dataFormat=None):
		# store the image data format
		self.dataFormat = dataFormat

	def preprocess(self, image):
		# apply the Keras utility function that correctly rearranges
		# the dimensions of the image
		return img_to_array(image, data_format=self.dataFormat)


class FCHeadNet:
	@staticmethod
	def build(baseModel, classes, D):
		# initialize the head model that will be placed on top of
		# the base, then add a FC layer
		headModel = baseModel.output
		headModel = Flatten(name="flatten")(headModel)
		headModel = Dense(D, activation="relu")(headModel)
		headModel = Dropout(0.5)(headModel)

		# add a softmax layer
		headModel = Dense(classes, activation="softmax")(headModel)
		return headModel


# construct the image generator for data augmentation
aug = ImageDataGenerator(rotation_range=30, width_shift_range=0.1,
	height_shift_range=0.1, shear_range=0.2, zoom_range=0.2,
	horizontal_flip=True, fill_mode="nearest")

iap = ImageToArrayPreprocessor()
data = np.array([iap.preprocess(image) for image in np.random.randint(0, 256, (40, 32, 32, 3))])
labels = np.array(["bluebell", "crocus", "daisy", "fern"] * 10)
classNames = [str(x) for x in np.unique(labels)]
data = data.astype("float") / 255.0
(trainX, testX, trainY, testY) = train_test_split(data, labels, test_size=0.2, random_state=42)
trainY = LabelBinarizer().fit_transform(trainY)
testY = LabelBinarizer().fit_transform(testY)

# load the VGG16 network, ensuring the head FC layer sets are left off
baseModel = VGG16(weights=None, include_top=False, input_tensor=Input(shape=(32, 32, 3)))
for (i, layer) in enumerate(baseModel.layers):
	print("[INFO] {}\t{}".format(i, layer.__class__.__name__))

# initialize the new head of the network, a set of FC layers
# followed by a softmax classifier
headModel = FCHeadNet.build(baseModel, len(classNames), 32)

# place the head FC model on top of the base model -- this will
# become the actual model we will train
model = Model(inputs=baseModel.input, outputs=headModel)

# loop over all layers in the base model and freeze them so they
# will *not* be updated during the training process
for layer in baseModel.layers:
	layer.trainable = False

print("[INFO] compiling model...")
opt = RMSprop(lr=0.001)
model.compile(loss="categorical_crossentropy", optimizer=opt, metrics=["accuracy"])
print("[INFO] training head...")
held = baseModel.layers[-2].get_weights()
model.fit_generator(aug.flow(trainX, trainY, batch_size=8),
	validation_data=(testX, testY), epochs=1,
	steps_per_epoch=len(trainX) // 8, verbose=1)
assert all((a == b).all() for (a, b) in zip(held, baseModel.layers[-2].get_weights()))

# evaluate the network after initialization
print("[INFO] evaluating after initialization...")
predictions = model.predict(testX, batch_size=32)
print(classification_report(testY.argmax(axis=1), predictions.argmax(axis=1),
	target_names=classNames, labels=range(4), zero_division=0))

# now that the head FC layers have been trained/initialized, lets
# unfreeze the final set of CONV layers and make them trainable
for layer in baseModel.layers[15:]:
	layer.trainable = True

print("[INFO] re-compiling model...")
opt = SGD(lr=0.001)
model.compile(loss="categorical_crossentropy", optimizer=opt, metrics=["accuracy"])
model.fit_generator(aug.flow(trainX, trainY, batch_size=8),
	validation_data=(testX, testY), epochs=1,
	steps_per_epoch=len(trainX) // 8, verbose=1)
assert any((a != b).any() for (a, b) in zip(held, baseModel.layers[-2].get_weights()))

# save the model to disk
model.save("flowers.model")
print(len(baseModel.layers), len(model.trainable_weights), os.path.exists("flowers.model"))
# prints: 19 10 True
