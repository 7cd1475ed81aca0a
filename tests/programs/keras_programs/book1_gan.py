"""The first book: a GAN by `train_on_batch`, the discriminator frozen inside the stack."""

import os

import numpy as np

import keras
from keras import layers
from keras.preprocessing import image

latent_dim = 8
height, width, channels = 16, 16, 3

generator_input = keras.Input(shape=(latent_dim,))
x = layers.Dense(16 * 8 * 8)(generator_input)
x = layers.LeakyReLU()(x)
x = layers.Reshape((8, 8, 16))(x)
x = layers.Conv2D(16, 5, padding='same')(x)
x = layers.LeakyReLU()(x)
x = layers.Conv2DTranspose(16, 4, strides=2, padding='same')(x)
x = layers.LeakyReLU()(x)
x = layers.Conv2D(channels, 7, activation='tanh', padding='same')(x)
generator = keras.models.Model(generator_input, x)
generator.summary()

discriminator_input = layers.Input(shape=(height, width, channels))
x = layers.Conv2D(8, 3)(discriminator_input)
x = layers.LeakyReLU()(x)
x = layers.Conv2D(8, 4, strides=2)(x)
x = layers.LeakyReLU()(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.4)(x)
x = layers.Dense(1, activation='sigmoid')(x)
discriminator = keras.models.Model(discriminator_input, x)
discriminator_optimizer = keras.optimizers.RMSprop(lr=0.0008, clipvalue=1.0, decay=1e-8)
discriminator.compile(optimizer=discriminator_optimizer, loss='binary_crossentropy')

discriminator.trainable = False
gan_input = keras.Input(shape=(latent_dim,))
gan_output = discriminator(generator(gan_input))
gan = keras.models.Model(gan_input, gan_output)
gan_optimizer = keras.optimizers.RMSprop(lr=0.0004, clipvalue=1.0, decay=1e-8)
gan.compile(optimizer=gan_optimizer, loss='binary_crossentropy')

x_train = np.random.random((40, height, width, channels)).astype('float32')
batch_size = 10
os.makedirs('frogs')
start = 0
first = generator.get_weights()[0]
for step in range(4):
    random_latent_vectors = np.random.normal(size=(batch_size, latent_dim))
    generated_images = generator.predict(random_latent_vectors)
    stop = start + batch_size
    real_images = x_train[start: stop]
    combined_images = np.concatenate([generated_images, real_images])
    labels = np.concatenate([np.ones((batch_size, 1)), np.zeros((batch_size, 1))])
    labels += 0.05 * np.random.random(labels.shape)
    d_loss = discriminator.train_on_batch(combined_images, labels)
    random_latent_vectors = np.random.normal(size=(batch_size, latent_dim))
    misleading_targets = np.zeros((batch_size, 1))
    held = discriminator.get_weights()
    a_loss = gan.train_on_batch(random_latent_vectors, misleading_targets)
    assert all((a == b).all() for a, b in zip(held, discriminator.get_weights()))
    start += batch_size
    if start > len(x_train) - batch_size:
        start = 0
    if step % 2 == 0:
        print('discriminator loss at step %s: %s' % (step, d_loss))
        print('adversarial loss at step %s: %s' % (step, a_loss))
        img = image.array_to_img(generated_images[0] * 255., scale=False)
        img.save(os.path.join('frogs', 'generated_frog' + str(step) + '.png'))
assert not (first == generator.get_weights()[0]).all()
print('saved', sorted(os.listdir('frogs')))
# prints: saved ['generated_frog0.png', 'generated_frog2.png']
