"""The first book's cats and dogs: folders, generators with `rescale`, `fit_generator`, curves, an .h5 file."""

import os

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from keras import layers
from keras import models
from keras import optimizers
from keras.preprocessing.image import ImageDataGenerator

base_dir = 'cats_and_dogs_small'
train_dir = os.path.join(base_dir, 'train')
validation_dir = os.path.join(base_dir, 'validation')
for directory, count in ((train_dir, 16), (validation_dir, 8)):
    for name, brightness in (('cats', 60), ('dogs', 190)):
        os.makedirs(os.path.join(directory, name))
        for i in range(count):
            pixels = np.random.randint(brightness - 40, brightness + 40, (36, 30, 3)).astype('uint8')
            Image.fromarray(pixels).save(os.path.join(directory, name, '{}.{}.jpg'.format(name[:-1], i)))

model = models.Sequential()
model.add(layers.Conv2D(8, (3, 3), activation='relu', input_shape=(32, 32, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(8, (3, 3), activation='relu'))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Flatten())
model.add(layers.Dropout(0.5))
model.add(layers.Dense(16, activation='relu'))
model.add(layers.Dense(1, activation='sigmoid'))

model.compile(loss='binary_crossentropy',
              optimizer=optimizers.RMSprop(lr=1e-4),
              metrics=['acc'])

train_datagen = ImageDataGenerator(
    rescale=1./255,
    rotation_range=40,
    width_shift_range=0.2,
    height_shift_range=0.2,
    shear_range=0.2,
    zoom_range=0.2,
    horizontal_flip=True,
    fill_mode='nearest')
test_datagen = ImageDataGenerator(rescale=1./255)

train_generator = train_datagen.flow_from_directory(
    train_dir, target_size=(32, 32), batch_size=8, class_mode='binary')
validation_generator = test_datagen.flow_from_directory(
    validation_dir, target_size=(32, 32), batch_size=8, class_mode='binary')

for data_batch, labels_batch in train_generator:
    print('data batch shape:', data_batch.shape)
    print('labels batch shape:', labels_batch.shape)
    break

history = model.fit_generator(
    train_generator,
    steps_per_epoch=6,
    epochs=2,
    validation_data=validation_generator,
    validation_steps=2)

model.save('cats_and_dogs_small_1.h5')

acc = history.history['acc']
val_acc = history.history['val_acc']
loss = history.history['loss']
val_loss = history.history['val_loss']
epochs = range(1, len(acc) + 1)
plt.plot(epochs, acc, 'bo', label='Training acc')
plt.plot(epochs, val_acc, 'b', label='Validation acc')
plt.title('Training and validation accuracy')
plt.legend()
plt.figure()
plt.plot(epochs, loss, 'bo', label='Training loss')
plt.plot(epochs, val_loss, 'b', label='Validation loss')
plt.legend()
plt.show()

again = models.load_model('cats_and_dogs_small_1.h5')
batch = next(validation_generator)[0]
np.testing.assert_allclose(again.predict(batch), model.predict(batch), atol=1e-6)
print('epochs:', len(acc), 'classes:', train_generator.class_indices)
# prints: epochs: 2 classes: {'cats': 0, 'dogs': 1}
