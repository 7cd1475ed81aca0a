"""keras.io's Grad-CAM: one model of the last convolution and the prediction, GradientTape, a matrix product."""

import os

import numpy as np
import tensorflow as tf
import keras
import matplotlib as mpl

model_builder = keras.applications.mobilenet_v2.MobileNetV2
img_size = (64, 64)
preprocess_input = keras.applications.mobilenet_v2.preprocess_input
last_conv_layer_name = "Conv_1"
keras.utils.save_img("elephant.jpg", np.random.randint(0, 256, (80, 100, 3)))


def get_img_array(img_path, size):
    img = keras.utils.load_img(img_path, target_size=size)
    array = keras.utils.img_to_array(img)
    array = np.expand_dims(array, axis=0)
    return array


def make_gradcam_heatmap(img_array, model, last_conv_layer_name, pred_index=None):
    grad_model = keras.models.Model(
        model.inputs, [model.get_layer(last_conv_layer_name).output, model.output]
    )

    with tf.GradientTape() as tape:
        last_conv_layer_output, preds = grad_model(img_array)
        if pred_index is None:
            pred_index = tf.argmax(preds[0])
        class_channel = preds[:, pred_index]

    grads = tape.gradient(class_channel, last_conv_layer_output)
    pooled_grads = tf.reduce_mean(grads, axis=(0, 1, 2))

    last_conv_layer_output = last_conv_layer_output[0]
    heatmap = last_conv_layer_output @ pooled_grads[..., tf.newaxis]
    heatmap = tf.squeeze(heatmap)

    heatmap = tf.maximum(heatmap, 0) / tf.math.reduce_max(heatmap)
    return heatmap.numpy()


img_array = preprocess_input(get_img_array("elephant.jpg", size=img_size))
model = model_builder(weights=None, input_shape=img_size + (3,), classes=7)

# Remove last layer's softmax
model.layers[-1].activation = None

preds = model.predict(img_array)
heatmap = make_gradcam_heatmap(img_array, model, last_conv_layer_name)


def save_and_display_gradcam(img_path, heatmap, cam_path="cam.jpg", alpha=0.4):
    img = keras.utils.load_img(img_path)
    img = keras.utils.img_to_array(img)
    heatmap = np.uint8(255 * heatmap)
    jet = mpl.colormaps["jet"]
    jet_colors = jet(np.arange(256))[:, :3]
    jet_heatmap = jet_colors[heatmap]
    jet_heatmap = keras.utils.array_to_img(jet_heatmap)
    jet_heatmap = jet_heatmap.resize((img.shape[1], img.shape[0]))
    jet_heatmap = keras.utils.img_to_array(jet_heatmap)
    superimposed_img = jet_heatmap * alpha + img
    superimposed_img = keras.utils.array_to_img(superimposed_img)
    superimposed_img.save(cam_path)


save_and_display_gradcam("elephant.jpg", heatmap)
other = make_gradcam_heatmap(img_array, model, last_conv_layer_name, pred_index=3)
assert abs(preds.sum() - 1) > 1e-3  # logits, no probabilities
print("heatmap", heatmap.shape, other.shape, os.path.exists("cam.jpg"))
# prints: heatmap (2, 2) (2, 2) True
