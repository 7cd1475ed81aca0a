"""The first book: every intermediate activation of a saved network, as a grid of images."""

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from keras import layers, models
from keras.models import load_model
from keras.preprocessing import image

net = models.Sequential()
net.add(layers.Conv2D(8, (3, 3), activation='relu', input_shape=(30, 30, 3)))
net.add(layers.MaxPooling2D((2, 2)))
net.add(layers.Conv2D(16, (3, 3), activation='relu'))
net.add(layers.MaxPooling2D((2, 2)))
net.add(layers.Flatten())
net.add(layers.Dense(1, activation='sigmoid'))
net.compile(loss='binary_crossentropy', optimizer='rmsprop')
net.save('cats.h5')
Image.fromarray(np.random.randint(0, 256, (50, 40, 3), dtype='uint8')).save('cat.1700.jpg')

model = load_model('cats.h5')
model.summary()

img = image.load_img('cat.1700.jpg', target_size=(30, 30))
img_tensor = image.img_to_array(img)
img_tensor = np.expand_dims(img_tensor, axis=0)
img_tensor /= 255.
print(img_tensor.shape)
plt.imshow(img_tensor[0])
plt.show()

layer_outputs = [layer.output for layer in model.layers[:4]]
activation_model = models.Model(inputs=model.input, outputs=layer_outputs)
activations = activation_model.predict(img_tensor)
first_layer_activation = activations[0]
plt.matshow(first_layer_activation[0, :, :, 4], cmap='viridis')

layer_names = []
for layer in model.layers[:4]:
    layer_names.append(layer.name)

images_per_row = 4
for layer_name, layer_activation in zip(layer_names, activations):
    n_features = layer_activation.shape[-1]
    size = layer_activation.shape[1]
    n_cols = n_features // images_per_row
    display_grid = np.zeros((size * n_cols, images_per_row * size))
    for col in range(n_cols):
        for row in range(images_per_row):
            channel_image = layer_activation[0, :, :, col * images_per_row + row]
            channel_image = channel_image - channel_image.mean()
            channel_image /= channel_image.std() + 1e-5
            channel_image *= 64
            channel_image += 128
            channel_image = np.clip(channel_image, 0, 255).astype('uint8')
            display_grid[col * size: (col + 1) * size,
                         row * size: (row + 1) * size] = channel_image
    scale = 1. / size
    plt.figure(figsize=(scale * display_grid.shape[1], scale * display_grid.shape[0]))
    plt.title(layer_name)
    plt.grid(False)
    plt.imshow(display_grid, aspect='auto', cmap='viridis')
plt.close('all')
print([activation.shape for activation in activations])
# prints: [(1, 28, 28, 8), (1, 14, 14, 8), (1, 12, 12, 16), (1, 6, 6, 16)]
