"""The first book: neural style transfer with VGG19, `K.placeholder`, Gram matrices and SciPy's L-BFGS."""

import numpy as np
from scipy.optimize import fmin_l_bfgs_b

from keras import backend as K
from keras.applications import vgg19

img_height, img_width = 32, 32
target = vgg19.preprocess_input(np.random.random((1, img_height, img_width, 3)) * 255)
style = vgg19.preprocess_input(np.random.random((1, img_height, img_width, 3)) * 255)

target_image = K.constant(target)
style_reference_image = K.constant(style)
combination_image = K.placeholder((1, img_height, img_width, 3))
input_tensor = K.concatenate([target_image, style_reference_image, combination_image], axis=0)
model = vgg19.VGG19(input_tensor=input_tensor, weights=None, include_top=False)


def content_loss(base, combination):
    return K.sum(K.square(combination - base))


def gram_matrix(x):
    features = K.batch_flatten(K.permute_dimensions(x, (2, 0, 1)))
    gram = K.dot(features, K.transpose(features))
    return gram


def style_loss(style, combination):
    S = gram_matrix(style)
    C = gram_matrix(combination)
    channels = 3
    size = img_height * img_width
    return K.sum(K.square(S - C)) / (4. * (channels ** 2) * (size ** 2))


def total_variation_loss(x):
    a = K.square(x[:, :img_height - 1, :img_width - 1, :] - x[:, 1:, :img_width - 1, :])
    b = K.square(x[:, :img_height - 1, :img_width - 1, :] - x[:, :img_height - 1, 1:, :])
    return K.sum(K.pow(a + b, 1.25))


outputs_dict = dict([(layer.name, layer.output) for layer in model.layers])
style_layers = ['block1_conv1', 'block2_conv1']
loss = K.variable(0.)
layer_features = outputs_dict['block3_conv2']
loss = loss + 0.025 * content_loss(layer_features[0, :, :, :], layer_features[2, :, :, :])
for layer_name in style_layers:
    layer_features = outputs_dict[layer_name]
    sl = style_loss(layer_features[1, :, :, :], layer_features[2, :, :, :])
    loss = loss + (1. / len(style_layers)) * sl
loss = loss + 1e-4 * total_variation_loss(combination_image)

grads = K.gradients(loss, combination_image)[0]
fetch_loss_and_grads = K.function([combination_image], [loss, grads])


class Evaluator(object):

    def __init__(self):
        self.loss_value = None
        self.grads_values = None

    def loss(self, x):
        assert self.loss_value is None
        x = x.reshape((1, img_height, img_width, 3))
        outs = fetch_loss_and_grads([x])
        self.loss_value = outs[0]
        self.grad_values = outs[1].flatten().astype('float64')
        return self.loss_value

    def grads(self, x):
        assert self.loss_value is not None
        grad_values = np.copy(self.grad_values)
        self.loss_value = None
        self.grad_values = None
        return grad_values


evaluator = Evaluator()
x = target.flatten()
values = []
for i in range(3):
    x, min_val, info = fmin_l_bfgs_b(evaluator.loss, x, fprime=evaluator.grads, maxfun=5)
    values.append(float(min_val))
    print('Current loss value:', min_val)
assert values[-1] < values[0]
print('style', x.reshape((img_height, img_width, 3)).shape)
# prints: style (32, 32, 3)
