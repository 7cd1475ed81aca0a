"""Keras 2's example: Net2Net; layers that begin with given weights, weights copied by name."""
from __future__ import print_function
import numpy as np
import keras
from keras import backend as K
from keras.models import Sequential
from keras.layers import Conv2D, MaxPooling2D, Dense, Flatten
from keras.optimizers import SGD
from keras.datasets import mnist

if K.image_data_format() == 'channels_first':
    input_shape = (1, 28, 28)  # image shape
else:
    input_shape = (28, 28, 1)  # image shape
num_classes = 10  # number of classes
epochs = 1


def preprocess_input(x):
    return x.astype('float32').reshape((-1,) + input_shape) / 255


def preprocess_output(y):
    return keras.utils.to_categorical(y)

x_train = np.random.randint(0, 255, (200, 28, 28)); y_train = np.arange(200) % 10
x_train, x_test = map(preprocess_input, [x_train, x_train[:50]])
y_train, y_test = map(preprocess_output, [y_train, y_train[:50]])
print('Loading MNIST data...')
print('x_train shape:', x_train.shape, 'y_train shape:', y_train.shape)


def wider2net_conv2d(teacher_w1, teacher_b1, teacher_w2, new_width, init):
    assert teacher_w1.shape[3] == teacher_w2.shape[2], (
        'successive layers from teacher model should have compatible shapes')
    assert teacher_w1.shape[3] == teacher_b1.shape[0]
    assert new_width > teacher_w1.shape[3]

    n = new_width - teacher_w1.shape[3]
    if init == 'random-pad':
        new_w1 = np.random.normal(0, 0.1, size=teacher_w1.shape[:3] + (n,))
        new_b1 = np.ones(n) * 0.1
        new_w2 = np.random.normal(0, 0.1, size=teacher_w2.shape[:2] + (n, teacher_w2.shape[3]))
    elif init == 'net2wider':
        index = np.random.randint(teacher_w1.shape[3], size=n)
        factors = np.bincount(index)[index] + 1.
        new_w1 = teacher_w1[:, :, :, index]
        new_b1 = teacher_b1[index]
        new_w2 = teacher_w2[:, :, index, :] / factors.reshape((1, 1, -1, 1))
    student_w1 = np.concatenate((teacher_w1, new_w1), axis=3)
    if init == 'random-pad':
        student_w2 = np.concatenate((teacher_w2, new_w2), axis=2)
    elif init == 'net2wider':
        # add small noise to break symmetry
        noise = np.random.normal(0, 5e-2 * new_w2.std(), size=new_w2.shape)
        student_w2 = np.concatenate((teacher_w2, new_w2 + noise), axis=2)
        student_w2[:, :, index, :] = new_w2
    student_b1 = np.concatenate((teacher_b1, new_b1), axis=0)
    return student_w1, student_b1, student_w2


def deeper2net_conv2d(teacher_w):
    kh, kw, num_channel, filters = teacher_w.shape
    student_w = np.zeros_like(teacher_w)
    student_w = np.zeros((kh, kw, filters, filters))
    for i in range(filters):
        student_w[(kh - 1) // 2, (kw - 1) // 2, i, i] = 1.
    student_b = np.zeros(filters)
    return student_w, student_b


def copy_weights(teacher_model, student_model, layer_names):
    '''Copy weights from teacher_model to student_model, for layers with names listed in layer_names'''
    for name in layer_names:
        weights = teacher_model.get_layer(name=name).get_weights()
        student_model.get_layer(name=name).set_weights(weights)


def make_teacher_model(x_train, y_train, x_test, y_test, epochs):
    model = Sequential()
    model.add(Conv2D(8, 3, input_shape=input_shape, padding='same', name='conv1'))
    model.add(MaxPooling2D(2, name='pool1'))
    model.add(Conv2D(8, 3, padding='same', name='conv2'))
    model.add(MaxPooling2D(2, name='pool2'))
    model.add(Flatten(name='flatten'))
    model.add(Dense(16, activation='relu', name='fc1'))
    model.add(Dense(num_classes, activation='softmax', name='fc2'))
    model.compile(loss='categorical_crossentropy',
                  optimizer=SGD(lr=0.01, momentum=0.9),
                  metrics=['accuracy'])

    model.fit(x_train, y_train, epochs=epochs, validation_data=(x_test, y_test))
    return model


def make_wider_student_model(teacher_model, x_train, y_train, x_test, y_test, init, epochs):
    new_conv1_width = 16
    model = Sequential()
    # a wider conv1 compared to teacher_model
    model.add(Conv2D(new_conv1_width, 3, input_shape=input_shape, padding='same', name='conv1'))
    model.add(MaxPooling2D(2, name='pool1'))
    model.add(Conv2D(8, 3, padding='same', name='conv2'))
    model.add(MaxPooling2D(2, name='pool2'))
    model.add(Flatten(name='flatten'))
    model.add(Dense(16, activation='relu', name='fc1'))
    model.add(Dense(num_classes, activation='softmax', name='fc2'))

    w_conv1, b_conv1 = teacher_model.get_layer('conv1').get_weights()
    w_conv2, b_conv2 = teacher_model.get_layer('conv2').get_weights()
    new_w_conv1, new_b_conv1, new_w_conv2 = wider2net_conv2d(w_conv1, b_conv1, w_conv2, new_conv1_width, init)
    model.get_layer('conv1').set_weights([new_w_conv1, new_b_conv1])
    model.get_layer('conv2').set_weights([new_w_conv2, b_conv2])
    copy_weights(teacher_model, model, layer_names=['fc1', 'fc2'])

    model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.001, momentum=0.9), metrics=['accuracy'])
    model.fit(x_train, y_train, epochs=epochs, validation_data=(x_test, y_test))


def make_deeper_student_model(teacher_model, x_train, y_train, x_test, y_test, init, epochs):
    model = Sequential()
    model.add(Conv2D(8, 3, input_shape=input_shape, padding='same', name='conv1'))
    model.add(MaxPooling2D(2, name='pool1'))
    model.add(Conv2D(8, 3, padding='same', name='conv2'))
    # add another conv2d layer to make original conv2 deeper
    if init == 'net2deeper':
        prev_w, _ = model.get_layer('conv2').get_weights()
        new_weights = deeper2net_conv2d(prev_w)
        model.add(Conv2D(8, 3, padding='same', name='conv2-deeper', weights=new_weights))
    elif init == 'random-init':
        model.add(Conv2D(8, 3, padding='same', name='conv2-deeper'))
    model.add(MaxPooling2D(2, name='pool2'))
    model.add(Flatten(name='flatten'))
    model.add(Dense(16, activation='relu', name='fc1'))
    # add another fc layer to make original fc1 deeper
    if init == 'net2deeper':
        # net2deeper for fc layer with relu, is just an identity initializer
        model.add(Dense(16, kernel_initializer='identity', activation='relu', name='fc1-deeper'))
    elif init == 'random-init':
        model.add(Dense(16, activation='relu', name='fc1-deeper'))
    model.add(Dense(num_classes, activation='softmax', name='fc2'))

    # copy weights for other layers
    copy_weights(teacher_model, model, layer_names=['conv1', 'conv2', 'fc1', 'fc2'])

    if init == 'net2deeper':
        kernel = model.get_layer('conv2-deeper').get_weights()[0]
        assert (kernel == new_weights[0]).all() and kernel.sum() == 8
    student_ends.append(init)
    model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.001, momentum=0.9), metrics=['accuracy'])
    model.fit(x_train, y_train, epochs=epochs, validation_data=(x_test, y_test))


student_ends = []
print('\nExperiment of Net2WiderNet ...')
teacher_model = make_teacher_model(x_train, y_train, x_test, y_test, epochs=epochs)
for init in ('random-pad', 'net2wider'):
    make_wider_student_model(teacher_model, x_train, y_train, x_test, y_test, init, epochs=epochs)
for init in ('random-init', 'net2deeper'):
    make_deeper_student_model(teacher_model, x_train, y_train, x_test, y_test, init, epochs=epochs)
assert student_ends
print('deeper', len(student_ends))
# prints: deeper 2
