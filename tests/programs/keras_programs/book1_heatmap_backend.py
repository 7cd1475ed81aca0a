"""The first book: a class activation heatmap of VGG16 by `K.gradients`, `get_layer` and `K.function`."""

import numpy as np
from PIL import Image

from keras import backend as K
from keras.applications.vgg16 import VGG16, preprocess_input
from keras.preprocessing import image

Image.fromarray(np.random.randint(0, 256, (60, 80, 3), dtype='uint8')).save('elephant.jpg')

model = VGG16(weights=None, input_shape=(32, 32, 3), classes=10)

img = image.load_img('elephant.jpg', target_size=(32, 32))
x = image.img_to_array(img)
x = np.expand_dims(x, axis=0)
x = preprocess_input(x)

preds = model.predict(x)
index = np.argmax(preds[0])

elephant_output = model.output[:, int(index)]
last_conv_layer = model.get_layer('block5_conv3')
grads = K.gradients(elephant_output, last_conv_layer.output)[0]
pooled_grads = K.mean(grads, axis=(0, 1, 2))
iterate = K.function([model.input], [pooled_grads, last_conv_layer.output[0]])
pooled_grads_value, conv_layer_output_value = iterate([x])

for i in range(512):
    conv_layer_output_value[:, :, i] *= pooled_grads_value[i]

heatmap = np.mean(conv_layer_output_value, axis=-1)
heatmap = np.maximum(heatmap, 0)
heatmap /= np.max(heatmap) + 1e-10
assert pooled_grads_value.any()
print('heatmap', heatmap.shape, 'weights', pooled_grads_value.shape)
# prints: heatmap (2, 2) weights (512,)
