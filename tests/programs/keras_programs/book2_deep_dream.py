"""The second book: Deep Dream with a feature extractor of named outputs and tf.image.resize."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.applications import inception_v3

model = inception_v3.InceptionV3(weights=None, include_top=False)
layer_settings = {
    "mixed0": 1.0,
    "mixed1": 1.5,
}
outputs_dict = dict(
    [
        (layer.name, layer.output)
        for layer in [model.get_layer(name) for name in layer_settings.keys()]
    ]
)
feature_extractor = keras.Model(inputs=model.inputs, outputs=outputs_dict)


def compute_loss(input_image):
    features = feature_extractor(input_image)
    loss = tf.zeros(shape=())
    for name in features.keys():
        coeff = layer_settings[name]
        activation = features[name]
        loss += coeff * tf.reduce_mean(tf.square(activation[:, 2:-2, 2:-2, :]))
    return loss


@tf.function
def gradient_ascent_step(image, learning_rate):
    with tf.GradientTape() as tape:
        tape.watch(image)
        loss = compute_loss(image)
    grads = tape.gradient(loss, image)
    grads = tf.math.l2_normalize(grads)
    image += learning_rate * grads
    return loss, image


def gradient_ascent_loop(image, iterations, learning_rate, max_loss=None):
    losses = []
    for i in range(iterations):
        loss, image = gradient_ascent_step(image, learning_rate)
        if max_loss is not None and loss > max_loss:
            break
        print(f"... Loss value at step {i}: {loss:.8f}")
        losses.append(float(loss))
    assert losses[-1] > losses[0]
    return image


original_img = inception_v3.preprocess_input(np.random.random((1, 80, 90, 3)).astype("float32") * 255)
original_shape = original_img.shape[1:3]
shrunk_original_img = tf.image.resize(original_img, (75, 85))
img = tf.identity(original_img)
for i, shape in enumerate([(75, 85), original_shape]):
    print(f"Processing octave {i} with shape {shape}")
    img = tf.image.resize(img, shape)
    img = gradient_ascent_loop(img, iterations=3, learning_rate=1., max_loss=150.)
    upscaled_shrunk_original_img = tf.image.resize(shrunk_original_img, shape)
    same_size_original = tf.image.resize(original_img, shape)
    lost_detail = same_size_original - upscaled_shrunk_original_img
    img += lost_detail
    shrunk_original_img = tf.image.resize(original_img, shape)
print("dream", img.numpy().shape)
# prints: dream (1, 80, 90, 3)
