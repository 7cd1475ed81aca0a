"""The first book: features of a VGG16 base by `predict`, a dense classifier with `input_dim` on them."""

import os

import numpy as np
from PIL import Image

from keras import layers, models, optimizers
from keras.applications import VGG16
from keras.preprocessing.image import ImageDataGenerator

for part, count in (('train', 16), ('validation', 8)):
    for name, low in (('cats', 0), ('dogs', 156)):
        os.makedirs(os.path.join('data', part, name))
        for i in range(count):
            pixels = np.random.randint(low, low + 100, (40, 40, 3), dtype='uint8')
            Image.fromarray(pixels).save(os.path.join('data', part, name, str(i) + '.png'))

conv_base = VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))
conv_base.summary()

datagen = ImageDataGenerator(rescale=1./255)
batch_size = 8


def extract_features(directory, sample_count):
    features = np.zeros(shape=(sample_count, 1, 1, 512))
    labels = np.zeros(shape=(sample_count))
    generator = datagen.flow_from_directory(
        directory, target_size=(32, 32), batch_size=batch_size, class_mode='binary')
    i = 0
    for inputs_batch, labels_batch in generator:
        features_batch = conv_base.predict(inputs_batch)
        features[i * batch_size: (i + 1) * batch_size] = features_batch
        labels[i * batch_size: (i + 1) * batch_size] = labels_batch
        i += 1
        if i * batch_size >= sample_count:
            # generators go on for ever
            break
    return features, labels


train_features, train_labels = extract_features(os.path.join('data', 'train'), 32)
validation_features, validation_labels = extract_features(os.path.join('data', 'validation'), 16)
train_features = np.reshape(train_features, (32, 1 * 1 * 512))
validation_features = np.reshape(validation_features, (16, 1 * 1 * 512))

model = models.Sequential()
model.add(layers.Dense(16, activation='relu', input_dim=1 * 1 * 512))
model.add(layers.Dropout(0.5))
model.add(layers.Dense(1, activation='sigmoid'))
model.compile(optimizer=optimizers.RMSprop(lr=2e-5), loss='binary_crossentropy', metrics=['acc'])
history = model.fit(train_features, train_labels,
                    epochs=2, batch_size=20,
                    validation_data=(validation_features, validation_labels))
assert sorted(history.history) == ['acc', 'loss', 'val_acc', 'val_loss']
print('features', train_features.shape, 'of', int(train_labels.sum()), 'dogs')
# prints: features (32, 512) of 16 dogs
