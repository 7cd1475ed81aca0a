"""Kaggle's age and gender: several heads by name, a Python generator of dicts, losses, weights and metrics by head."""

import numpy as np
from keras.layers import Input, Conv2D, BatchNormalization, MaxPooling2D, Dropout, Dense, GlobalMaxPooling2D
from keras.models import Model
from keras.utils import to_categorical
from keras.callbacks import ModelCheckpoint

IM_WIDTH = IM_HEIGHT = 24
photos = np.random.random((32, IM_HEIGHT, IM_WIDTH, 3))
ages = np.random.random(32)
genders = np.random.randint(0, 2, 32)
races = np.random.randint(0, 5, 32)


def get_data_generator(indices, batch_size=8, for_training=True):
    while True:
        for start in range(0, len(indices), batch_size):
            part = indices[start:start + batch_size]
            yield photos[part], [ages[part], to_categorical(races[part], 5), to_categorical(genders[part], 2)]
        if not for_training:
            break


def conv_block(inp, filters=8, bn=True, pool=True):
    _ = Conv2D(filters=filters, kernel_size=3, activation='relu')(inp)
    if bn:
        _ = BatchNormalization()(_)
    if pool:
        _ = MaxPooling2D()(_)
    return _


input_layer = Input(shape=(IM_HEIGHT, IM_WIDTH, 3))
_ = conv_block(input_layer, filters=8, bn=False, pool=False)
_ = conv_block(_, filters=16)
bottleneck = GlobalMaxPooling2D()(_)

# for age calculation
_ = Dense(units=16, activation='relu')(bottleneck)
age_output = Dense(units=1, activation='sigmoid', name='age_output')(_)

# for race prediction
_ = Dense(units=16, activation='relu')(bottleneck)
race_output = Dense(units=5, activation='softmax', name='race_output')(_)

# for gender prediction
_ = Dense(units=16, activation='relu')(bottleneck)
gender_output = Dense(units=2, activation='softmax', name='gender_output')(_)

model = Model(inputs=input_layer, outputs=[age_output, race_output, gender_output])
model.compile(optimizer='rmsprop',
              loss={'age_output': 'mse', 'race_output': 'categorical_crossentropy', 'gender_output': 'categorical_crossentropy'},
              loss_weights={'age_output': 2., 'race_output': 1.5, 'gender_output': 1.},
              metrics={'age_output': 'mae', 'race_output': 'accuracy', 'gender_output': 'accuracy'})

train_idx, valid_idx = np.arange(24), np.arange(24, 32)
train_gen = get_data_generator(train_idx)
valid_gen = get_data_generator(valid_idx)
callbacks = [ModelCheckpoint("./model_checkpoint.h5", monitor='val_loss')]
history = model.fit_generator(train_gen,
                              steps_per_epoch=3,
                              epochs=2,
                              callbacks=callbacks,
                              validation_data=valid_gen,
                              validation_steps=1)
logs = history.history
for i in range(2):
    parts = 2 * logs['val_age_output_loss'][i] + 1.5 * logs['val_race_output_loss'][i] + logs['val_gender_output_loss'][i]
    assert abs(parts - logs['val_loss'][i]) < 1e-4
test_gen = get_data_generator(valid_idx, for_training=False)
age_pred, race_pred, gender_pred = model.predict_generator(test_gen, steps=1)
print(age_pred.shape, race_pred.shape, gender_pred.shape, sorted(k for k in logs if k.startswith('val_')))
# prints: (8, 1) (8, 5) (8, 2) ['val_age_output_loss', 'val_age_output_mae', 'val_gender_output_accuracy', 'val_gender_output_loss', 'val_loss', 'val_race_output_accuracy', 'val_race_output_loss']
