"""PyImageSearch's decode_predictions over a thousand classes: rank, class, probability."""

from keras.applications.mobilenet_v2 import MobileNetV2, preprocess_input, decode_predictions
import numpy as np

image = np.random.randint(0, 256, (1, 32, 32, 3)).astype("float32")
model = MobileNetV2(weights=None, input_shape=(32, 32, 3))
preds = model.predict(preprocess_input(image))
P = decode_predictions(preds, top=5)

# loop over the predictions and display the rank-5 predictions +
# probabilities to our terminal
for (i, (imagenetID, label, prob)) in enumerate(P[0]):
	print("{}. {}: {:.2f}%".format(i + 1, label, prob * 100))
assert [prob for (_, _, prob) in P[0]] == sorted(preds[0], reverse=True)[:5]

surely = np.zeros((1, 1000))
surely[0, 281] = 1
(imagenetID, label, prob) = decode_predictions(surely, top=3)[0][0]
print(imagenetID, label, preds.shape)
# prints: n02123045 tabby (1, 1000)
