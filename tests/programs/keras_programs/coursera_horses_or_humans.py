"""Coursera's horses or humans: generators into `fit`, a callback that stops, activations of every layer."""

import os
import random
import numpy as np
import tensorflow as tf
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.preprocessing.image import ImageDataGenerator, img_to_array, load_img

for part, count in (('horse-or-human', 16), ('validation-horse-or-human', 8)):
    for name, low in (('horses', 0), ('humans', 156)):
        os.makedirs(os.path.join('tmp', part, name))
        for i in range(count):
            tf.keras.preprocessing.image.save_img(os.path.join('tmp', part, name, '%02d.png' % i),
                                                  np.random.randint(low, low + 100, (40, 40, 3)), scale=False)

train_horse_dir = os.path.join('tmp/horse-or-human/horses')
train_horse_names = os.listdir(train_horse_dir)
print('total training horse images:', len(train_horse_names))


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if(logs.get('accuracy') > 0.0):
            print("\nReached accuracy so cancelling training!")
            self.model.stop_training = True


model = tf.keras.models.Sequential([
    # Note the input shape is the desired size of the image with 3 bytes color
    tf.keras.layers.Conv2D(8, (3,3), activation='relu', input_shape=(32, 32, 3)),
    tf.keras.layers.MaxPooling2D(2, 2),
    # The second convolution
    tf.keras.layers.Conv2D(16, (3,3), activation='relu'),
    tf.keras.layers.MaxPooling2D(2,2),
    # Flatten the results to feed into a DNN
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(16, activation=tf.nn.relu),
    # Only 1 output neuron. It will contain a value from 0-1
    tf.keras.layers.Dense(1, activation='sigmoid')
])
model.summary()
model.compile(loss='binary_crossentropy',
              optimizer=RMSprop(lr=0.001),
              metrics=['accuracy'])

# All images will be rescaled by 1./255
train_datagen = ImageDataGenerator(rescale=1/255)
validation_datagen = ImageDataGenerator(rescale=1/255)
train_generator = train_datagen.flow_from_directory(
        'tmp/horse-or-human/',  # This is the source directory for training images
        target_size=(32, 32),
        batch_size=8,
        class_mode='binary')
validation_generator = validation_datagen.flow_from_directory(
        'tmp/validation-horse-or-human/',
        target_size=(32, 32),
        batch_size=8,
        class_mode='binary')

callbacks = myCallback()
history = model.fit(
      train_generator,
      steps_per_epoch=4,
      epochs=15,
      verbose=1,
      validation_data=validation_generator,
      validation_steps=2,
      callbacks=[callbacks])
assert len(history.epoch) < 15

successive_outputs = [layer.output for layer in model.layers[1:]]
visualization_model = tf.keras.models.Model(inputs = model.input, outputs = successive_outputs)
# Let's prepare a random input image from the training set.
img_path = os.path.join(train_horse_dir, random.choice(train_horse_names))
img = load_img(img_path, target_size=(32, 32))  # this is a PIL image
x = img_to_array(img)  # Numpy array with shape (32, 32, 3)
x = x.reshape((1,) + x.shape)
x /= 255
successive_feature_maps = visualization_model.predict(x)
layer_names = [layer.name for layer in model.layers[1:]]
shapes = [feature_map.shape for layer_name, feature_map in zip(layer_names, successive_feature_maps) if len(feature_map.shape) == 4]
classes = model.predict(x, batch_size=10)
assert classes[0] > 0.5 or classes[0] <= 0.5
print(shapes)
# prints: [(1, 15, 15, 8), (1, 13, 13, 16), (1, 6, 6, 16)]
