"""keras.io's functional guide: several inputs and outputs, losses and data by name, a small residual network."""

import numpy as np
import keras
from keras import layers

num_tags = 12
num_departments = 4

image_input = keras.Input(shape=(16, 16, 3), name="photo")
tags_input = keras.Input(shape=(num_tags,), name="tags")
image_features = layers.Conv2D(8, 3, activation="relu")(image_input)
image_features = layers.GlobalMaxPooling2D()(image_features)
x = layers.concatenate([image_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)
model = keras.Model(
    inputs=[image_input, tags_input],
    outputs={"priority": priority_pred, "department": department_pred},
)
keras.utils.plot_model(model, "multi_input_and_output_model.png", show_shapes=True)

model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={
        "priority": keras.losses.BinaryCrossentropy(from_logits=True),
        "department": keras.losses.CategoricalCrossentropy(from_logits=True),
    },
    loss_weights={"priority": 1.0, "department": 0.2},
)
tags_data = np.random.randint(2, size=(32, num_tags)).astype("float32")
photo_data = np.random.random((32, 16, 16, 3)).astype("float32")
priority_targets = np.random.random(size=(32, 1))
dept_targets = np.eye(num_departments)[np.random.randint(0, num_departments, 32)]

history = model.fit(
    {"tags": tags_data, "photo": photo_data},
    {"priority": priority_targets, "department": dept_targets},
    epochs=2,
    batch_size=32,
)
predictions = model.predict({"tags": tags_data, "photo": photo_data})
print({name: value.shape for name, value in sorted(predictions.items())})

inputs = keras.Input(shape=(32, 32, 3), name="img")
x = layers.Conv2D(8, 3, activation="relu")(inputs)
x = layers.Conv2D(16, 3, activation="relu")(x)
block_1_output = layers.MaxPooling2D(3)(x)

x = layers.Conv2D(16, 3, activation="relu", padding="same")(block_1_output)
x = layers.Conv2D(16, 3, activation="relu", padding="same")(x)
block_2_output = layers.add([x, block_1_output])

x = layers.Conv2D(16, 3, activation="relu")(block_2_output)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(32, activation="relu")(x)
x = layers.Dropout(0.5)(x)
outputs = layers.Dense(10)(x)
model = keras.Model(inputs, outputs, name="toy_resnet")
model.summary()
x_train = np.random.random((20, 32, 32, 3)).astype("float32")
y_train = keras.utils.to_categorical(np.random.randint(0, 10, 20), 10)
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss=keras.losses.CategoricalCrossentropy(from_logits=True),
    metrics=["acc"],
)
history = model.fit(x_train, y_train, batch_size=8, epochs=1, validation_split=0.2)
print(model.name, sorted(history.history))
# prints: toy_resnet ['acc', 'loss', 'val_acc', 'val_loss']
