"""PyImageSearch's MiniGoogLeNet and ResNet modules: functional blocks in static methods, poly_decay, image means."""

# import the necessary packages
from keras.layers.normalization import BatchNormalization
from keras.layers.convolutional import Conv2D
from keras.layers.convolutional import AveragePooling2D
from keras.layers.convolutional import MaxPooling2D
from keras.layers.core import Activation
from keras.layers.core import Dropout
from keras.layers.core import Dense
from keras.layers import Flatten
from keras.layers import Input
from keras.models import Model
from keras.layers import concatenate
from keras.layers import add
from keras.regularizers import l2
from keras.callbacks import LearningRateScheduler
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator
import numpy as np


class MiniGoogLeNet:
	@staticmethod
	def conv_module(x, K, kX, kY, stride, chanDim, padding="same"):
		# define a CONV => BN => RELU pattern
		x = Conv2D(K, (kX, kY), strides=stride, padding=padding)(x)
		x = BatchNormalization(axis=chanDim)(x)
		x = Activation("relu")(x)
		return x

	@staticmethod
	def inception_module(x, numK1x1, numK3x3, chanDim):
		# define two CONV modules, then concatenate across the channel dimension
		conv_1x1 = MiniGoogLeNet.conv_module(x, numK1x1, 1, 1, (1, 1), chanDim)
		conv_3x3 = MiniGoogLeNet.conv_module(x, numK3x3, 3, 3, (1, 1), chanDim)
		x = concatenate([conv_1x1, conv_3x3], axis=chanDim)
		return x

	@staticmethod
	def downsample_module(x, K, chanDim):
		conv_3x3 = MiniGoogLeNet.conv_module(x, K, 3, 3, (2, 2), chanDim, padding="valid")
		pool = MaxPooling2D((3, 3), strides=(2, 2))(x)
		x = concatenate([conv_3x3, pool], axis=chanDim)
		return x

	@staticmethod
	def residual_module(data, K, chanDim, reg=0.0001, bnEps=2e-5, bnMom=0.9):
		bn1 = BatchNormalization(axis=chanDim, epsilon=bnEps, momentum=bnMom)(data)
		act1 = Activation("relu")(bn1)
		conv1 = Conv2D(K, (3, 3), padding="same", use_bias=False, kernel_regularizer=l2(reg))(act1)
		x = add([conv1, data])
		return x

	@staticmethod
	def build(width, height, depth, classes):
		inputShape = (height, width, depth)
		chanDim = -1

		# define the model input and first CONV module
		inputs = Input(shape=inputShape)
		x = MiniGoogLeNet.conv_module(inputs, 8, 3, 3, (1, 1), chanDim)

		# two Inception modules followed by a downsample module
		x = MiniGoogLeNet.inception_module(x, 4, 4, chanDim)
		x = MiniGoogLeNet.inception_module(x, 4, 8, chanDim)
		x = MiniGoogLeNet.downsample_module(x, 12, chanDim)
		x = MiniGoogLeNet.residual_module(x, 24, chanDim)
		x = AveragePooling2D((7, 7))(x)
		x = Dropout(0.5)(x)

		# softmax classifier
		x = Flatten()(x)
		x = Dense(classes)(x)
		x = Activation("softmax")(x)

		# create the model
		model = Model(inputs, x, name="googlenet")
		return model


# define the total number of epochs to train for along with the initial learning rate
NUM_EPOCHS = 2
INIT_LR = 5e-3


def poly_decay(epoch):
	maxEpochs = NUM_EPOCHS
	baseLR = INIT_LR
	power = 1.0
	alpha = baseLR * (1 - (epoch / float(maxEpochs))) ** power
	return alpha


trainX = np.random.randint(0, 256, (24, 16, 16, 3)).astype("float")
trainY = np.eye(3)[np.random.randint(0, 3, 24)]
mean = np.mean(trainX, axis=0)
trainX -= mean
aug = ImageDataGenerator(width_shift_range=0.1, height_shift_range=0.1, horizontal_flip=True, fill_mode="nearest")
callbacks = [LearningRateScheduler(poly_decay)]
opt = SGD(lr=INIT_LR, momentum=0.9)
model = MiniGoogLeNet.build(width=16, height=16, depth=3, classes=3)
model.compile(loss="categorical_crossentropy", optimizer=opt, metrics=["accuracy"])
H = model.fit_generator(aug.flow(trainX, trainY, batch_size=8),
	validation_data=(trainX, trainY), steps_per_epoch=len(trainX) // 8,
	epochs=NUM_EPOCHS, callbacks=callbacks, verbose=1)
print(model.name, model.count_params(), [round(float(rate), 6) for rate in H.history["lr"]])
# prints: googlenet 7995 [0.005, 0.0025]
