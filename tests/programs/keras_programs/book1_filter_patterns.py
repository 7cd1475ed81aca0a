"""The first book: what filters look for, by `K.gradients` and `K.function`."""

import numpy as np

from keras import backend as K
from keras.applications import VGG16

model = VGG16(weights=None, include_top=False)


def deprocess_image(x):
    x -= x.mean()
    x /= (x.std() + 1e-5)
    x *= 0.1
    x += 0.5
    x = np.clip(x, 0, 1)
    x *= 255
    x = np.clip(x, 0, 255).astype('uint8')
    return x


def generate_pattern(layer_name, filter_index, size=150):
    layer_output = model.get_layer(layer_name).output
    loss = K.mean(layer_output[:, :, :, filter_index])
    grads = K.gradients(loss, model.input)[0]
    grads /= (K.sqrt(K.mean(K.square(grads))) + 1e-5)
    iterate = K.function([model.input], [loss, grads])
    input_img_data = np.random.random((1, size, size, 3)) * 20 + 128.
    step = 1.
    losses = []
    for i in range(5):
        loss_value, grads_value = iterate([input_img_data])
        losses.append(float(loss_value))
        input_img_data += grads_value * step
    assert losses[-1] > losses[0]
    img = input_img_data[0]
    return deprocess_image(img)


size = 16
margin = 2
results = np.zeros((2 * size + margin, 2 * size + margin, 3))
for i in range(2):
    for j in range(2):
        filter_img = generate_pattern('block1_conv1', i + (j * 2), size=size)
        horizontal_start = i * size + i * margin
        vertical_start = j * size + j * margin
        results[horizontal_start: horizontal_start + size,
                vertical_start: vertical_start + size, :] = filter_img
assert results.max() > 200
print('patterns', results.shape)
# prints: patterns (34, 34, 3)
