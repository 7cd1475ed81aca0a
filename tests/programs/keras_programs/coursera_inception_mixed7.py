"""Coursera's transfer learning: a local InceptionV3 weights file, everything frozen, cut at `mixed7`, a head."""

import os

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras import Model
from tensorflow.keras.applications.inception_v3 import InceptionV3
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.preprocessing.image import ImageDataGenerator

local_weights_file = 'inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5'
InceptionV3(input_shape=(75, 75, 3), include_top=False, weights=None).save_weights(local_weights_file)

pre_trained_model = InceptionV3(input_shape = (75, 75, 3),
                                include_top = False,
                                weights = None)
pre_trained_model.load_weights(local_weights_file)

for layer in pre_trained_model.layers:
  layer.trainable = False

# pre_trained_model.summary()
last_layer = pre_trained_model.get_layer('mixed7')
print('last layer output shape: ', last_layer.output_shape)
last_output = last_layer.output

# Flatten the output layer to 1 dimension
x = layers.Flatten()(last_output)
# Add a fully connected layer with 1,024 hidden units and ReLU activation
x = layers.Dense(16, activation='relu')(x)
# Add a dropout rate of 0.2
x = layers.Dropout(0.2)(x)
# Add a final sigmoid layer for classification
x = layers.Dense  (1, activation='sigmoid')(x)

model = Model( pre_trained_model.input, x)
model.compile(optimizer = RMSprop(lr=0.0001),
              loss = 'binary_crossentropy',
              metrics = ['accuracy'])

train_datagen = ImageDataGenerator(rescale = 1./255.,
                                   rotation_range = 40,
                                   width_shift_range = 0.2,
                                   height_shift_range = 0.2,
                                   shear_range = 0.2,
                                   zoom_range = 0.2,
                                   horizontal_flip = True)
images = np.random.randint(0, 256, (16, 75, 75, 3))
train_generator = train_datagen.flow(images, np.arange(16) % 2, batch_size = 8)
validation_generator = ImageDataGenerator( rescale = 1.0/255. ).flow(images, np.arange(16) % 2, batch_size = 8)
history = model.fit(
            train_generator,
            validation_data = validation_generator,
            steps_per_epoch = 2,
            epochs = 1,
            validation_steps = 2,
            verbose = 2)
assert os.path.exists(local_weights_file)
print(tuple(last_output.shape), len(model.trainable_weights), sorted(history.history))
# prints: (None, 3, 3, 768) 4 ['accuracy', 'loss', 'val_accuracy', 'val_loss']
