"""PyImageSearch's classification by a pre-trained network chosen by name, preprocess_input as `imagenet_utils` has it."""

# import the necessary packages
from keras.applications import ResNet50
from keras.applications import InceptionV3
from keras.applications import Xception
from keras.applications import VGG16
from keras.applications import VGG19
from keras.applications import imagenet_utils
from keras.applications.inception_v3 import preprocess_input
from keras.preprocessing.image import img_to_array
from keras.preprocessing.image import load_img, array_to_img
import numpy as np

# define a dictionary that maps model names to their classes inside Keras
MODELS = {
	"vgg16": VGG16,
	"vgg19": VGG19,
	"inception": InceptionV3,
	"xception": Xception,
	"resnet": ResNet50
}
array_to_img(np.random.randint(0, 256, (90, 120, 3))).save("dog.jpg")

for name in ("vgg16", "inception", "resnet"):
	# initialize the input image shape along with the pre-processing function
	inputShape = (32, 32)
	preprocess = imagenet_utils.preprocess_input

	# if we are using the InceptionV3 or Xception networks, then we
	# need another shape and (a different image processing function)
	if name in ("inception", "xception"):
		inputShape = (75, 75)
		preprocess = preprocess_input

	# load the network
	print("[INFO] loading {}...".format(name))
	Network = MODELS[name]
	model = Network(weights=None, include_top=False, input_shape=inputShape + (3,), pooling="avg")

	# load the input image using the Keras helper utility while ensuring
	# the image is resized to `inputShape`
	print("[INFO] loading and pre-processing image...")
	image = load_img("dog.jpg", target_size=inputShape)
	image = img_to_array(image)
	image = np.expand_dims(image, axis=0)

	# pre-process the image using the appropriate function
	raw = image.copy()
	image = preprocess(image)
	if name == "inception":
		np.testing.assert_allclose(image, raw / 127.5 - 1, atol=1e-5)
	else:
		np.testing.assert_allclose(image, raw[..., ::-1] - np.array([103.939, 116.779, 123.68]), atol=1e-3)

	# look at the image through the network
	features = model.predict(image)
	print("[INFO] {} {}".format(name, features.shape))
# prints: [INFO] resnet (1, 2048)
