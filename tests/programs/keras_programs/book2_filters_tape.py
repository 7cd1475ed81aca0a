"""The second book: what filters look for, by gradient ascent in a `tf.function`."""

import numpy as np
import tensorflow as tf
from tensorflow import keras

model = keras.applications.vgg16.VGG16(weights=None, include_top=False)

for layer in model.layers:
    if isinstance(layer, (keras.layers.Conv2D, keras.layers.SeparableConv2D)):
        print(layer.name)

layer_name = "block2_conv1"
layer = model.get_layer(name=layer_name)
feature_extractor = keras.Model(inputs=model.input, outputs=layer.output)


def compute_loss(image, filter_index):
    activation = feature_extractor(image)
    filter_activation = activation[:, 2:-2, 2:-2, filter_index]
    return tf.reduce_mean(filter_activation)


@tf.function
def gradient_ascent_step(image, filter_index, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = compute_loss(image, filter_index)
    grads = tape.gradient(loss, image)
    grads = tf.math.l2_normalize(grads)
    image += learning_rate * grads
    return image


img_width = 20
img_height = 20


def generate_filter_pattern(filter_index):
    iterations = 5
    learning_rate = 1.
    image = tf.random.uniform(
        minval=0.4,
        maxval=0.6,
        shape=(1, img_width, img_height, 3))
    start = compute_loss(image, filter_index)
    for i in range(iterations):
        image = gradient_ascent_step(image, filter_index, learning_rate)
    assert compute_loss(image, filter_index) >= start
    return image[0].numpy()


def deprocess_image(image):
    image -= image.mean()
    image /= image.std()
    image *= 64
    image += 128
    image = np.clip(image, 0, 255).astype("uint8")
    image = image[2:-2, 2:-2, :]
    return image


all_images = []
for filter_index in range(4):
    image = deprocess_image(generate_filter_pattern(filter_index))
    all_images.append(image)
print(len(all_images), "patterns of", all_images[0].shape)
# prints: 4 patterns of (16, 16, 3)
