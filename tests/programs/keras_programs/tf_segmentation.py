"""TensorFlow's segmentation tutorial: MobileNetV2's named activations as a U-Net's way down, upsampling blocks."""

import numpy as np
import tensorflow as tf

OUTPUT_CLASSES = 3
SIZE = 64
images = np.random.randint(0, 256, (8, 70, 70, 3)).astype("uint8")
masks = np.random.randint(1, 4, (8, 70, 70, 1)).astype("uint8")


def normalize(input_image, input_mask):
  input_image = tf.cast(input_image, tf.float32) / 255.0
  input_mask -= 1
  return input_image, input_mask


def load_image(image, mask):
  input_image = tf.image.resize(image, (SIZE, SIZE))
  input_mask = tf.image.resize(
    mask,
    (SIZE, SIZE),
    method = tf.image.ResizeMethod.NEAREST_NEIGHBOR,
  )
  input_image, input_mask = normalize(input_image, input_mask)
  return input_image, input_mask


dataset = tf.data.Dataset.from_tensor_slices((images, masks))
train_images = dataset.map(load_image, num_parallel_calls=tf.data.AUTOTUNE)


class Augment(tf.keras.layers.Layer):
  def __init__(self, seed=42):
    super().__init__()
    # both use the same seed, so they'll make the same random changes.
    self.augment_inputs = tf.keras.layers.RandomFlip(mode="horizontal", seed=seed)
    self.augment_labels = tf.keras.layers.RandomFlip(mode="horizontal", seed=seed)

  def call(self, inputs, labels):
    inputs = self.augment_inputs(inputs)
    labels = self.augment_labels(labels)
    return inputs, labels


train_batches = (
    train_images
    .cache()
    .shuffle(100)
    .batch(4)
    .repeat()
    .map(Augment())
    .prefetch(buffer_size=tf.data.AUTOTUNE))
for some_images, some_masks in train_batches.take(2):
  assert set(np.unique(some_masks)) <= {0, 1, 2}

base_model = tf.keras.applications.MobileNetV2(input_shape=[SIZE, SIZE, 3], include_top=False, weights=None)

# Use the activations of these layers
layer_names = [
    'block_1_expand_relu',
    'block_3_expand_relu',
    'block_6_expand_relu',
    'block_13_expand_relu',
    'block_16_project',
]
base_model_outputs = [base_model.get_layer(name).output for name in layer_names]

# Create the feature extraction model
down_stack = tf.keras.Model(inputs=base_model.input, outputs=base_model_outputs)
down_stack.trainable = False


def upsample(filters, size):
  initializer = tf.random_normal_initializer(0., 0.02)
  result = tf.keras.Sequential()
  result.add(
    tf.keras.layers.Conv2DTranspose(filters, size, strides=2,
                                    padding='same',
                                    kernel_initializer=initializer,
                                    use_bias=False))
  result.add(tf.keras.layers.BatchNormalization())
  result.add(tf.keras.layers.ReLU())
  return result


up_stack = [upsample(32, 3), upsample(16, 3), upsample(8, 3), upsample(8, 3)]


def unet_model(output_channels:int):
  inputs = tf.keras.layers.Input(shape=[SIZE, SIZE, 3])

  # Downsampling through the model
  skips = down_stack(inputs)
  x = skips[-1]
  skips = reversed(skips[:-1])

  # Upsampling and establishing the skip connections
  for up, skip in zip(up_stack, skips):
    x = up(x)
    concat = tf.keras.layers.Concatenate()
    x = concat([x, skip])

  # This is the last layer of the model
  last = tf.keras.layers.Conv2DTranspose(
      filters=output_channels, kernel_size=3, strides=2,
      padding='same')

  x = last(x)
  return tf.keras.Model(inputs=inputs, outputs=x)


model = unet_model(output_channels=OUTPUT_CLASSES)
model.compile(optimizer='adam',
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=['accuracy'])
tf.keras.utils.plot_model(model, show_shapes=True, expand_nested=True, dpi=64)


def create_mask(pred_mask):
  pred_mask = tf.math.argmax(pred_mask, axis=-1)
  pred_mask = pred_mask[..., tf.newaxis]
  return pred_mask[0]


model_history = model.fit(train_batches, epochs=1, steps_per_epoch=2)
mask = create_mask(model.predict(next(iter(train_batches))[0]))
print(model.output_shape, mask.shape)
# prints: (None, 64, 64, 3) (64, 64, 1)
