"""A Keras user's program: two classes in folders, one sigmoid, RMSprop, generators into `fit`."""

import sys

import tensorflow as tf

if __name__ == "__main__":
    data, augment = sys.argv[1], sys.argv[2] == "augment"
    size, batch = 48, 8

    net = tf.keras.models.Sequential()
    net.add(tf.keras.layers.Conv2D(8, (3, 3), input_shape=(size, size, 3), activation="relu"))
    net.add(tf.keras.layers.MaxPooling2D(pool_size=(2, 2)))
    net.add(tf.keras.layers.Conv2D(8, (3, 3), activation="relu"))
    net.add(tf.keras.layers.MaxPooling2D(pool_size=(2, 2)))
    net.add(tf.keras.layers.Flatten())
    net.add(tf.keras.layers.Dense(16, activation="relu"))
    net.add(tf.keras.layers.Dropout(0.5))
    net.add(tf.keras.layers.Dense(1, activation="sigmoid"))
    net.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["accuracy"])

    if augment:
        train = tf.keras.preprocessing.image.ImageDataGenerator(
            rescale=1.0 / 255,
            shear_range=0.2,
            zoom_range=0.2,
            rotation_range=30,
            horizontal_flip=True,
        )
    else:
        train = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    check = tf.keras.preprocessing.image.ImageDataGenerator(rescale=1.0 / 255)
    train_photos = train.flow_from_directory(
        data + "/train", target_size=(size, size), batch_size=batch, class_mode="binary"
    )
    check_photos = check.flow_from_directory(
        data + "/validation", target_size=(size, size), batch_size=batch, class_mode="binary"
    )
    history = net.fit(
        train_photos,
        steps_per_epoch=24 // batch,
        epochs=2,
        validation_data=check_photos,
        validation_steps=12 // batch,
    )
    print("HISTORY", sorted(history.history), history.epoch)
