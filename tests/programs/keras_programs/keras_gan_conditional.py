"""Keras-GAN's CGAN by Embedding, one optimizer for both models; PyImageSearch's ResNet from HDF5."""
# Keras-GAN cgan, acgan + PyImageSearch HDF5DatasetGenerator + ResNet with l2
from __future__ import print_function, division
import os, sys, h5py
import numpy as np
from keras.layers import Input, Dense, Reshape, Flatten, Dropout, multiply
from keras.layers import BatchNormalization, Activation, Embedding, ZeroPadding2D
from keras.layers.advanced_activations import LeakyReLU
from keras.layers.convolutional import UpSampling2D, Conv2D, MaxPooling2D, AveragePooling2D
from keras.models import Sequential, Model
from keras.optimizers import Adam, SGD
from keras.utils import np_utils, to_categorical
from keras.callbacks import LearningRateScheduler, Callback, ModelCheckpoint
from keras.layers import add
from keras.regularizers import l2
from keras import backend as K
import matplotlib.pyplot as plt

class CGAN():
    def __init__(self):
        self.img_shape = (28, 28, 1)
        self.num_classes = 10
        self.latent_dim = 20
        optimizer = Adam(0.0002, 0.5)
        self.discriminator = self.build_discriminator()
        self.discriminator.compile(loss=['binary_crossentropy'], optimizer=optimizer, metrics=['accuracy'])
        self.generator = self.build_generator()
        noise = Input(shape=(self.latent_dim,))
        label = Input(shape=(1,))
        img = self.generator([noise, label])
        self.discriminator.trainable = False
        valid = self.discriminator([img, label])
        self.combined = Model([noise, label], valid)
        self.combined.compile(loss=['binary_crossentropy'], optimizer=optimizer)
    def build_generator(self):
        model = Sequential()
        model.add(Dense(32, input_dim=self.latent_dim))
        model.add(LeakyReLU(alpha=0.2))
        model.add(BatchNormalization(momentum=0.8))
        model.add(Dense(np.prod(self.img_shape), activation='tanh'))
        model.add(Reshape(self.img_shape))
        model.summary()
        noise = Input(shape=(self.latent_dim,))
        label = Input(shape=(1,), dtype='int32')
        label_embedding = Flatten()(Embedding(self.num_classes, self.latent_dim)(label))
        model_input = multiply([noise, label_embedding])
        img = model(model_input)
        return Model([noise, label], img)
    def build_discriminator(self):
        model = Sequential()
        model.add(Dense(32, input_dim=np.prod(self.img_shape)))
        model.add(LeakyReLU(alpha=0.2))
        model.add(Dropout(0.4))
        model.add(Dense(1, activation='sigmoid'))
        model.summary()
        img = Input(shape=self.img_shape)
        label = Input(shape=(1,), dtype='int32')
        label_embedding = Flatten()(Embedding(self.num_classes, np.prod(self.img_shape))(label))
        flat_img = Flatten()(img)
        model_input = multiply([flat_img, label_embedding])
        validity = model(model_input)
        return Model([img, label], validity)
    def train(self, epochs, batch_size=8):
        X_train = (np.random.randint(0, 255, (40, 28, 28)).astype(np.float32) - 127.5) / 127.5
        X_train = np.expand_dims(X_train, axis=3)
        y_train = np.random.randint(0, 10, 40).reshape(-1, 1)
        valid = np.ones((batch_size, 1)); fake = np.zeros((batch_size, 1))
        for epoch in range(epochs):
            idx = np.random.randint(0, X_train.shape[0], batch_size)
            imgs, labels = X_train[idx], y_train[idx]
            noise = np.random.normal(0, 1, (batch_size, self.latent_dim))
            gen_imgs = self.generator.predict([noise, labels])
            before = self.discriminator.get_weights()
            d_loss_real = self.discriminator.train_on_batch([imgs, labels], valid)
            d_loss_fake = self.discriminator.train_on_batch([gen_imgs, labels], fake)
            d_loss = 0.5 * np.add(d_loss_real, d_loss_fake)
            assert any((a != b).any() for a, b in zip(before, self.discriminator.get_weights()))
            sampled_labels = np.random.randint(0, 10, batch_size).reshape(-1, 1)
            g_loss = self.combined.train_on_batch([noise, sampled_labels], valid)
            print ("%d [D loss: %f, acc.: %.2f%%] [G loss: %f]" % (epoch, d_loss[0], 100*d_loss[1], g_loss))
    def save_model(self):
        os.makedirs('saved_model')
        for model, model_name in ((self.generator, 'cgan_generator'), (self.discriminator, 'cgan_discriminator')):
            model_path = "saved_model/%s.json" % model_name
            weights_path = "saved_model/%s_weights.hdf5" % model_name
            json_string = model.to_json()
            open(model_path, 'w').write(json_string)
            model.save_weights(weights_path)
cgan = CGAN(); cgan.train(3); cgan.save_model()

class HDF5DatasetWriter:
	def __init__(self, dims, outputPath, dataKey="images", bufSize=10):
		self.db = h5py.File(outputPath, "w")
		self.data = self.db.create_dataset(dataKey, dims, dtype="float")
		self.labels = self.db.create_dataset("labels", (dims[0],), dtype="int")
		self.bufSize = bufSize
		self.buffer = {"data": [], "labels": []}
		self.idx = 0
	def add(self, rows, labels):
		self.buffer["data"].extend(rows)
		self.buffer["labels"].extend(labels)
		if len(self.buffer["data"]) >= self.bufSize:
			self.flush()
	def flush(self):
		i = self.idx + len(self.buffer["data"])
		self.data[self.idx:i] = self.buffer["data"]
		self.labels[self.idx:i] = self.buffer["labels"]
		self.idx = i
		self.buffer = {"data": [], "labels": []}
	def close(self):
		if len(self.buffer["data"]) > 0:
			self.flush()
		self.db.close()
w = HDF5DatasetWriter((30, 32, 32, 3), "train.hdf5")
for i in range(30):
	w.add([np.random.rand(32, 32, 3)], [i % 3])
w.close()
class HDF5DatasetGenerator:
	def __init__(self, dbPath, batchSize, preprocessors=None, aug=None, binarize=True, classes=2):
		self.batchSize = batchSize
		self.preprocessors = preprocessors
		self.aug = aug
		self.binarize = binarize
		self.classes = classes
		self.db = h5py.File(dbPath, "r")
		self.numImages = self.db["labels"].shape[0]
	def generator(self, passes=np.inf):
		epochs = 0
		while epochs < passes:
			for i in np.arange(0, self.numImages, self.batchSize):
				images = self.db["images"][i: i + self.batchSize]
				labels = self.db["labels"][i: i + self.batchSize]
				if self.binarize:
					labels = np_utils.to_categorical(labels, self.classes)
				if self.aug is not None:
					(images, labels) = next(self.aug.flow(images, labels, batch_size=self.batchSize))
				yield (images, labels)
			epochs += 1
	def close(self):
		self.db.close()
class ResNet:
	@staticmethod
	def residual_module(data, K, stride, chanDim, red=False, reg=0.0001, bnEps=2e-5, bnMom=0.9):
		shortcut = data
		bn1 = BatchNormalization(axis=chanDim, epsilon=bnEps, momentum=bnMom)(data)
		act1 = Activation("relu")(bn1)
		conv1 = Conv2D(int(K * 0.25), (1, 1), use_bias=False, kernel_regularizer=l2(reg))(act1)
		bn2 = BatchNormalization(axis=chanDim, epsilon=bnEps, momentum=bnMom)(conv1)
		act2 = Activation("relu")(bn2)
		conv2 = Conv2D(int(K * 0.25), (3, 3), strides=stride, padding="same", use_bias=False, kernel_regularizer=l2(reg))(act2)
		bn3 = BatchNormalization(axis=chanDim, epsilon=bnEps, momentum=bnMom)(conv2)
		act3 = Activation("relu")(bn3)
		conv3 = Conv2D(K, (1, 1), use_bias=False, kernel_regularizer=l2(reg))(act3)
		if red:
			shortcut = Conv2D(K, (1, 1), strides=stride, use_bias=False, kernel_regularizer=l2(reg))(act1)
		x = add([conv3, shortcut])
		return x
	@staticmethod
	def build(width, height, depth, classes, stages, filters, reg=0.0001, bnEps=2e-5, bnMom=0.9, dataset="cifar"):
		inputs = Input(shape=(height, width, depth))
		x = BatchNormalization(axis=-1, epsilon=bnEps, momentum=bnMom)(inputs)
		x = Conv2D(filters[0], (3, 3), use_bias=False, padding="same", kernel_regularizer=l2(reg))(x)
		for i in range(0, len(stages)):
			stride = (1, 1) if i == 0 else (2, 2)
			x = ResNet.residual_module(x, filters[i + 1], stride, -1, red=True, bnEps=bnEps, bnMom=bnMom)
			for j in range(0, stages[i] - 1):
				x = ResNet.residual_module(x, filters[i + 1], (1, 1), -1, bnEps=bnEps, bnMom=bnMom)
		x = BatchNormalization(axis=-1, epsilon=bnEps, momentum=bnMom)(x)
		x = Activation("relu")(x)
		x = AveragePooling2D((8, 8))(x)
		x = Flatten()(x)
		x = Dense(classes, kernel_regularizer=l2(reg))(x)
		x = Activation("softmax")(x)
		return Model(inputs, x, name="resnet")
def poly_decay(epoch):
	return 1e-1 * (1 - (epoch / float(4))) ** 1.0
class EpochCheckpoint(Callback):
	def __init__(self, outputPath, every=5, startAt=0):
		super(Callback, self).__init__()
		self.outputPath = outputPath
		self.every = every
		self.intEpoch = startAt
	def on_epoch_end(self, epoch, logs={}):
		if (self.intEpoch + 1) % self.every == 0:
			p = os.path.sep.join([self.outputPath, "epoch_{}.hdf5".format(self.intEpoch + 1)])
			self.model.save(p, overwrite=True)
		self.intEpoch += 1
from keras.preprocessing.image import ImageDataGenerator
trainGen = HDF5DatasetGenerator("train.hdf5", 10, aug=ImageDataGenerator(rotation_range=18, fill_mode="nearest"), classes=3)
model = ResNet.build(32, 32, 3, 3, (1, 1, 1), (8, 8, 16, 16), reg=0.0005)
model.compile(loss="categorical_crossentropy", optimizer=SGD(lr=1e-1, momentum=0.9, decay=1e-3, nesterov=True), metrics=["accuracy"])
os.makedirs("ck")
model.fit_generator(trainGen.generator(), steps_per_epoch=trainGen.numImages // 10, validation_data=trainGen.generator(),
	validation_steps=2, epochs=2, max_queue_size=10 * 2, callbacks=[LearningRateScheduler(poly_decay), EpochCheckpoint("ck", every=1)], verbose=1)
print(sorted(os.listdir("ck")), "old lr:", K.get_value(model.optimizer.lr))
print('classes', model.predict_generator(trainGen.generator(), steps=3, max_queue_size=20).shape)
# prints: classes (30, 3)
