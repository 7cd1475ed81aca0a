"""The first book: Deep Dream on InceptionV3 with `K.set_learning_phase`, `K.variable` and octaves."""

import numpy as np
import scipy.ndimage

from keras import backend as K
from keras.applications import inception_v3

K.set_learning_phase(0)
model = inception_v3.InceptionV3(weights=None, include_top=False)

layer_contributions = {
    'mixed0': 0.2,
    'mixed1': 3.,
}
layer_dict = dict([(layer.name, layer) for layer in model.layers])

loss = K.variable(0.)
for layer_name in layer_contributions:
    coeff = layer_contributions[layer_name]
    activation = layer_dict[layer_name].output
    scaling = K.prod(K.cast(K.shape(activation), 'float32'))
    loss = loss + coeff * K.sum(K.square(activation[:, 2: -2, 2: -2, :])) / scaling

dream = model.input
grads = K.gradients(loss, dream)[0]
grads /= K.maximum(K.mean(K.abs(grads)), 1e-7)
fetch_loss_and_grads = K.function([dream], [loss, grads])


def eval_loss_and_grads(x):
    outs = fetch_loss_and_grads([x])
    return outs[0], outs[1]


def gradient_ascent(x, iterations, step, max_loss=None):
    values = []
    for i in range(iterations):
        loss_value, grad_values = eval_loss_and_grads(x)
        if max_loss is not None and loss_value > max_loss:
            break
        print('...Loss value at', i, ':', loss_value)
        values.append(loss_value)
        x += step * grad_values
    assert values[-1] > values[0]
    return x


def resize_img(img, size):
    img = np.copy(img)
    factors = (1, float(size[0]) / img.shape[1], float(size[1]) / img.shape[2], 1)
    return scipy.ndimage.zoom(img, factors, order=1)


original_img = inception_v3.preprocess_input(np.random.random((1, 90, 90, 3)) * 255)
img = original_img
for shape in ((80, 80), (90, 90)):
    print('Processing image shape', shape)
    img = resize_img(img, shape)
    img = gradient_ascent(img, iterations=3, step=0.01, max_loss=100.)
print('dream', img.shape)
# prints: dream (1, 90, 90, 3)
