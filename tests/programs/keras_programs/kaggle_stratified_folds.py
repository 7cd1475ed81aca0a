"""Kaggle's folds: a TPU that is not there, a Lambda in saved models, kappa by a callback, test-time augmentation."""
# Kaggle: StratifiedKFold with callbacks, TTA, confusion matrix, class weights, LearningRateScheduler
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import itertools
import os, gc
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.metrics import confusion_matrix, roc_auc_score, cohen_kappa_score
from sklearn.utils import class_weight
from tensorflow.keras import Sequential, Model, layers, optimizers, callbacks
from tensorflow.keras.layers import *
from tensorflow.keras.utils import to_categorical, Sequence
from tensorflow.keras.callbacks import *
from tensorflow.keras.optimizers import *
from tensorflow.keras.preprocessing.image import ImageDataGenerator
import tensorflow.keras.backend as K
import tensorflow as tf
import warnings
warnings.filterwarnings('ignore')
os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.ERROR)
tf.random.set_seed(2019)
np.random.seed(2019)
gpus = tf.config.list_physical_devices('GPU')
try:
    tpu = tf.distribute.cluster_resolver.TPUClusterResolver()
    tf.config.experimental_connect_to_cluster(tpu)
    tf.tpu.experimental.initialize_tpu_system(tpu)
    strategy = tf.distribute.experimental.TPUStrategy(tpu)
except ValueError:
    strategy = tf.distribute.get_strategy()
print("REPLICAS: ", strategy.num_replicas_in_sync)
AUTO = tf.data.experimental.AUTOTUNE

X = np.random.rand(30, 28, 28, 1).astype('float32')
y = np.arange(30) % 3
test = np.random.rand(20, 28, 28, 1)
weights = class_weight.compute_class_weight(class_weight='balanced', classes=np.unique(y), y=y)
class_weights = dict(enumerate(weights))

class Kappa(Callback):
    def __init__(self, validation_data):
        super(Kappa, self).__init__()
        self.X, self.y = validation_data
        self.history = []
    def on_epoch_end(self, epoch, logs={}):
        y_pred = self.model.predict(self.X, verbose=0).argmax(axis=1)
        k = cohen_kappa_score(self.y.argmax(axis=1), y_pred, weights='quadratic')
        self.history.append(k)
        logs['val_kappa'] = k
        print("val_kappa: {:.4f}".format(k))
        if k >= max(self.history):
            self.model.save('kappa_model.h5')
        return

class MixupGenerator(Sequence):
    def __init__(self, X, y, batch_size=16, alpha=0.2, shuffle=True):
        self.X, self.y, self.batch_size, self.alpha, self.shuffle = X, y, batch_size, alpha, shuffle
        self.on_epoch_end()
    def __len__(self):
        return int(np.ceil(len(self.X) / self.batch_size))
    def on_epoch_end(self):
        self.indexes = np.arange(len(self.X))
        if self.shuffle:
            np.random.shuffle(self.indexes)
    def __getitem__(self, index):
        idx = self.indexes[index * self.batch_size:(index + 1) * self.batch_size]
        l = np.random.beta(self.alpha, self.alpha, len(idx))
        return self.X[idx] * l.reshape(-1, 1, 1, 1) + self.X[idx[::-1]] * (1 - l).reshape(-1, 1, 1, 1), self.y[idx]

def build_model():
    inp = Input(shape=(28, 28, 1))
    x = Lambda(lambda x: (x - 0.5) / 0.5)(inp)
    for f in (8, 16):
        x = Conv2D(f, 3, padding='same', kernel_initializer='he_normal')(x)
        x = BatchNormalization()(x)
        x = LeakyReLU(0.1)(x)
        x = MaxPool2D()(x)
        x = SpatialDropout2D(0.1)(x)
    a, b = GlobalAvgPool2D()(x), GlobalMaxPool2D()(x)
    x = Concatenate()([a, b])
    x = Dropout(.3)(x)
    out = Dense(3, activation='softmax')(x)
    model = Model(inputs=inp, outputs=out)
    model.compile(optimizer=Nadam(learning_rate=1e-3), loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
                  metrics=['accuracy', tf.keras.metrics.AUC(name='auc'), tf.keras.metrics.TopKCategoricalAccuracy(k=2, name='top2')])
    return model

Y = to_categorical(y)
oof = np.zeros((len(X), 3)); preds = np.zeros((len(test), 3))
skf = StratifiedKFold(n_splits=2, shuffle=True, random_state=42)
for fold, (tr, va) in enumerate(skf.split(X, y)):
    print('#' * 20, 'FOLD', fold)
    K.clear_session()
    with strategy.scope():
        model = build_model()
    sv = ModelCheckpoint('fold-%i.h5' % fold, monitor='val_auc', verbose=0, save_best_only=True,
                         save_weights_only=True, mode='max', save_freq='epoch')
    rlr = ReduceLROnPlateau(monitor='val_loss', factor=0.2, patience=1, verbose=1, mode='auto', min_delta=0.0001, cooldown=0, min_lr=1e-6)
    es = EarlyStopping(monitor='val_kappa', patience=5, mode='max', restore_best_weights=True)
    lrs = LearningRateScheduler(lambda x: 1e-3 * 0.9 ** x, verbose=1)
    kappa = Kappa((X[va], Y[va]))
    h = model.fit(MixupGenerator(X[tr], Y[tr]), validation_data=(X[va], Y[va]), epochs=1, verbose=2,
                  callbacks=[kappa, sv, rlr, es, lrs, CSVLogger('log%d.csv' % fold), TerminateOnNaN()], class_weight=class_weights)
    model.load_weights('fold-%i.h5' % fold)
    oof[va] = model.predict(X[va], verbose=0)
    tta = ImageDataGenerator(horizontal_flip=True, width_shift_range=.1)
    for i in range(2):
        g = tta.flow(test, batch_size=8, shuffle=False)
        preds += model.predict_generator(g, steps=int(np.ceil(len(test) / 8))) / 4
    print(h.history['lr'], h.history['val_auc'])
    pd.DataFrame(h.history)[['loss', 'val_loss']].plot()
    plt.show()
    del model; gc.collect()
print('AUC', roc_auc_score(Y, oof))

def plot_confusion_matrix(cm, classes, normalize=False, title='Confusion matrix', cmap=plt.cm.Blues):
    plt.imshow(cm, interpolation='nearest', cmap=cmap)
    plt.title(title)
    plt.colorbar()
    tick_marks = np.arange(len(classes))
    plt.xticks(tick_marks, classes, rotation=45)
    plt.yticks(tick_marks, classes)
    if normalize:
        cm = cm.astype('float') / cm.sum(axis=1)[:, np.newaxis]
    thresh = cm.max() / 2.
    for i, j in itertools.product(range(cm.shape[0]), range(cm.shape[1])):
        plt.text(j, i, cm[i, j], horizontalalignment="center", color="white" if cm[i, j] > thresh else "black")
    plt.tight_layout()
plot_confusion_matrix(confusion_matrix(y, oof.argmax(axis=1)), range(3))
results = pd.Series(preds.argmax(axis=1), name="Label")
submission = pd.concat([pd.Series(range(1, 21), name="ImageId"), results], axis=1)
submission.to_csv("cnn_mnist_datagen.csv", index=False)
print('submission', len(submission))
# prints: submission 20
