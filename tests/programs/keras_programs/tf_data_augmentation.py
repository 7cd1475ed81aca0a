"""TensorFlow's data augmentation tutorial: layers in a pipeline, a layer of one's own, tf.image by the picture."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

images = np.random.randint(0, 256, (24, 30, 36, 3)).astype("uint8")
labels = np.random.randint(0, 5, 24)
train_ds = tf.data.Dataset.from_tensor_slices((images[:16], labels[:16]))
val_ds = tf.data.Dataset.from_tensor_slices((images[16:], labels[16:]))
image, label = next(iter(train_ds))

IMG_SIZE = 24
resize_and_rescale = tf.keras.Sequential([
  layers.Resizing(IMG_SIZE, IMG_SIZE),
  layers.Rescaling(1./255)
])
result = resize_and_rescale(tf.cast(tf.expand_dims(image, 0), tf.float32))
print("Min and max pixel values:", result.numpy().min(), result.numpy().max())

data_augmentation = tf.keras.Sequential([
  layers.RandomFlip("horizontal_and_vertical"),
  layers.RandomRotation(0.2),
])


def random_invert_img(x, p=0.5):
  if  tf.random.uniform([]) < p:
    x = (255-x)
  else:
    x
  return x


def random_invert(factor=0.5):
  return layers.Lambda(lambda x: random_invert_img(x, factor))


class RandomInvert(layers.Layer):
  def __init__(self, factor=0.5, **kwargs):
    super().__init__(**kwargs)
    self.factor = factor

  def call(self, x):
    return random_invert_img(x)


image = tf.cast(image, tf.float32)
inverted = [random_invert()(image).numpy(), RandomInvert()(image).numpy()]
for each in inverted:
    assert np.allclose(each, image.numpy()) or np.allclose(each, 255 - image.numpy())

batch_size = 8
AUTOTUNE = tf.data.AUTOTUNE


def prepare(ds, shuffle=False, augment=False):
  # Resize and rescale all datasets.
  ds = ds.map(lambda x, y: (resize_and_rescale(x), y),
              num_parallel_calls=AUTOTUNE)
  if shuffle:
    ds = ds.shuffle(1000)
  # Batch all datasets.
  ds = ds.batch(batch_size)
  # Use data augmentation only on the training set.
  if augment:
    ds = ds.map(lambda x, y: (data_augmentation(x, training=True), y),
                num_parallel_calls=AUTOTUNE)
  return ds.prefetch(buffer_size=AUTOTUNE)


train = prepare(train_ds, shuffle=True, augment=True)
val = prepare(val_ds)
model = tf.keras.Sequential([
  layers.Conv2D(8, 3, padding='same', activation='relu'),
  layers.MaxPooling2D(),
  layers.Flatten(),
  layers.Dense(5)
])
model.compile(optimizer='adam',
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=['accuracy'])
history = model.fit(train, validation_data=val, epochs=2)

flipped = tf.image.flip_left_right(image)
np.testing.assert_allclose(flipped.numpy(), image.numpy()[:, ::-1])
grayscaled = tf.image.rgb_to_grayscale(image)
print(tf.squeeze(grayscaled).shape)
saturated = tf.image.adjust_saturation(image, 3)
bright = tf.image.adjust_brightness(image, 0.4)
np.testing.assert_allclose(bright.numpy(), image.numpy() + 0.4, rtol=1e-5)
cropped = tf.image.central_crop(image, central_fraction=0.5)
rotated = tf.image.rot90(image)
np.testing.assert_allclose(rotated.numpy(), np.rot90(image.numpy()))


def resize_and_rescale_image(image, label):
  image = tf.cast(image, tf.float32)
  image = tf.image.resize(image, [IMG_SIZE, IMG_SIZE])
  image = (image / 255.0)
  return image, label


def random_augment(image, label):
  image, label = resize_and_rescale_image(image, label)
  image = tf.image.resize_with_crop_or_pad(image, IMG_SIZE + 6, IMG_SIZE + 6)
  image = tf.image.random_crop(image, size=[IMG_SIZE, IMG_SIZE, 3])
  image = tf.image.random_flip_left_right(image)
  image = tf.image.random_brightness(image, max_delta=0.5)
  image = tf.clip_by_value(image, 0, 1)
  return image, label


ds = train_ds.shuffle(100).map(random_augment, num_parallel_calls=AUTOTUNE).batch(batch_size).prefetch(AUTOTUNE)
x, y = next(iter(ds))
assert 0 <= x.numpy().min() and x.numpy().max() <= 1
seed = (3, 0)
again = [tf.image.stateless_random_brightness(image, max_delta=0.95, seed=seed).numpy() for _ in range(2)]
assert (again[0] == again[1]).all()
print(cropped.shape, x.shape, sorted(history.history))
# prints: (16, 18, 3) (8, 24, 24, 3) ['accuracy', 'loss', 'val_accuracy', 'val_loss']
