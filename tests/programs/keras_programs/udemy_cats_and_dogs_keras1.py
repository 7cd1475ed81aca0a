# Convolutional Neural Network (Udemy's course, Keras 1: output_dim, samples_per_epoch, nb_val_samples)

# Part 1 - Building the CNN
import os

import numpy as np
from PIL import Image

# Importing the Keras libraries and packages
from keras.models import Sequential
from keras.layers import Convolution2D
from keras.layers import MaxPooling2D
from keras.layers import Flatten
from keras.layers import Dense

for part, count in (('training_set', 16), ('test_set', 8)):
    for name, low in (('cats', 0), ('dogs', 156)):
        os.makedirs(os.path.join('dataset', part, name))
        for i in range(count):
            pixels = np.random.randint(low, low + 100, (36, 44, 3)).astype('uint8')
            Image.fromarray(pixels).save(os.path.join('dataset', part, name, '%s.%d.jpg' % (name[:-1], i)))

# Initialising the CNN
classifier = Sequential()

# Step 1 - Convolution
classifier.add(Convolution2D(8, 3, 3, input_shape = (32, 32, 3), activation = 'relu'))

# Step 2 - Pooling
classifier.add(MaxPooling2D(pool_size = (2, 2)))

# Adding a second convolutional layer
classifier.add(Convolution2D(8, 3, 3, activation = 'relu'))
classifier.add(MaxPooling2D(pool_size = (2, 2)))

# Step 3 - Flattening
classifier.add(Flatten())

# Step 4 - Full connection
classifier.add(Dense(output_dim = 16, activation = 'relu'))
classifier.add(Dense(output_dim = 1, activation = 'sigmoid'))

# Compiling the CNN
classifier.compile(optimizer = 'adam', loss = 'binary_crossentropy', metrics = ['accuracy'])

# Part 2 - Fitting the CNN to the images
from keras.preprocessing.image import ImageDataGenerator

train_datagen = ImageDataGenerator(rescale = 1./255,
                                   shear_range = 0.2,
                                   zoom_range = 0.2,
                                   horizontal_flip = True)
test_datagen = ImageDataGenerator(rescale = 1./255)
training_set = train_datagen.flow_from_directory('dataset/training_set',
                                                 target_size = (32, 32),
                                                 batch_size = 8,
                                                 class_mode = 'binary')
test_set = test_datagen.flow_from_directory('dataset/test_set',
                                            target_size = (32, 32),
                                            batch_size = 8,
                                            class_mode = 'binary')
classifier.fit_generator(training_set,
                         samples_per_epoch = 32,
                         nb_epoch = 8,
                         validation_data = test_set,
                         nb_val_samples = 16)

# Part 3 - Making new predictions
from keras.preprocessing import image
test_image = image.load_img('dataset/test_set/dogs/dog.1.jpg', target_size = (32, 32))
test_image = image.img_to_array(test_image)
test_image = np.expand_dims(test_image, axis = 0)
result = classifier.predict(test_image)
print(training_set.class_indices)
if result[0][0] > 0.5:
    prediction = 'dog'
else:
    prediction = 'cat'
print(prediction, training_set.class_indices)
# prints: dog {'cats': 0, 'dogs': 1}
