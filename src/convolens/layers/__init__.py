"""The layers, under Keras' names: torch modules that take their input shape on first use."""

from convolens.layers import experimental
from convolens.layers.activation import (
    ELU,
    Activation,
    Identity,
    LeakyReLU,
    ReLU,
    Softmax,
    ThresholdedReLU,
)
from convolens.layers.calls.input_spec import InputSpec
from convolens.layers.chains.inception_module import InceptionModule
from convolens.layers.convolutional.conv1d import Conv1D, DepthwiseConv1D, SeparableConv1D
from convolens.layers.convolutional.conv1d_transpose import Conv1DTranspose
from convolens.layers.convolutional.conv2d import Conv2D
from convolens.layers.convolutional.conv2d_transpose import Conv2DTranspose
from convolens.layers.convolutional.conv3d import Conv3D
from convolens.layers.convolutional.conv3d_transpose import Conv3DTranspose
from convolens.layers.convolutional.depthwise_conv2d import DepthwiseConv2D
from convolens.layers.convolutional.locally_connected import LocallyConnected1D, LocallyConnected2D
from convolens.layers.convolutional.of_keras_1 import Convolution2D, Convolution3D, Deconvolution2D
from convolens.layers.convolutional.separable_conv2d import SeparableConv2D
from convolens.layers.flatten import Flatten
from convolens.layers.foreign.nearest_neighbours import NearestNeighbours
from convolens.layers.foreign.timm_network import TimmNetwork
from convolens.layers.foreign.tree_ensemble import TreeEnsemble
from convolens.layers.fully_connected.dense import Dense
from convolens.layers.fully_connected.embedding import Embedding
from convolens.layers.input_layer import Input, InputLayer
from convolens.layers.layer import Layer, SymbolicTensor
from convolens.layers.merging.concatenate import Concatenate, concatenate
from convolens.layers.merging.dot import Dot, dot
from convolens.layers.merging.elementwise import (
    Add,
    Average,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    maximum,
    minimum,
    multiply,
    subtract,
)
from convolens.layers.merging.merge import Merge, OwnMerge, merge
from convolens.layers.normalization.batch_normalization import BatchNormalization
from convolens.layers.normalization.group_normalization import GroupNormalization
from convolens.layers.normalization.layer_normalization import LayerNormalization
from convolens.layers.normalization.layer_scale import LayerScale
from convolens.layers.normalization.local_response_normalization import LocalResponseNormalization
from convolens.layers.normalization.unit_normalization import UnitNormalization
from convolens.layers.operation import Lambda, Operation
from convolens.layers.permute import Permute
from convolens.layers.pooling.global_pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from convolens.layers.pooling.pooling import AveragePooling2D, MaxPooling2D
from convolens.layers.pooling.pooling1d import (
    AveragePooling1D,
    GlobalAveragePooling1D,
    GlobalAveragePooling3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling3D,
    MaxPooling1D,
)
from convolens.layers.pooling.pooling3d import AveragePooling3D, MaxPooling3D
from convolens.layers.prelu import PReLU
from convolens.layers.preprocessing.caffe_preprocessing import CaffePreprocessing
from convolens.layers.preprocessing.normalization import Normalization
from convolens.layers.preprocessing.random_erasing import RandomErasing
from convolens.layers.preprocessing.random_flip import RandomFlip
from convolens.layers.preprocessing.random_moves import RandomRotation, RandomTranslation, RandomZoom
from convolens.layers.preprocessing.random_sides import RandomHeight, RandomWidth
from convolens.layers.preprocessing.random_tones import RandomBrightness, RandomContrast
from convolens.layers.preprocessing.rescaling import Rescaling
from convolens.layers.preprocessing.resizing import CenterCrop, RandomCrop, Resizing
from convolens.layers.regularization.activity_regularization import ActivityRegularization
from convolens.layers.regularization.dropout import Dropout
from convolens.layers.regularization.noise import AlphaDropout, GaussianDropout, GaussianNoise
from convolens.layers.regularization.spatial_dropout import (
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from convolens.layers.regularization.stochastic_depth import StochasticDepth
from convolens.layers.reshaping.cropping import Cropping1D, Cropping2D, Cropping3D
from convolens.layers.reshaping.repeat_vector import RepeatVector
from convolens.layers.reshaping.reshape import Reshape
from convolens.layers.reshaping.up_sampling import UpSampling1D, UpSampling2D, UpSampling3D
from convolens.layers.reshaping.zero_padding import ZeroPadding1D, ZeroPadding3D
from convolens.layers.serialization import deserialize, serialize
from convolens.layers.weight_entry import WeightEntry
from convolens.layers.wrapping.spectral_normalization import SpectralNormalization
from convolens.layers.wrapping.time_distributed import TimeDistributed
from convolens.layers.wrapping.wrapper import Wrapper
from convolens.layers.zero_padding2d import ZeroPadding2D
from convolens.missing import answer_for

_Merge = OwnMerge  # Keras 2's name; programs subclass it
MaxPool2D = MaxPooling2D
AvgPool2D = AveragePooling2D
GlobalMaxPool2D = GlobalMaxPooling2D
GlobalAvgPool2D = GlobalAveragePooling2D
Convolution1DTranspose, Convolution3DTranspose = Conv1DTranspose, Conv3DTranspose
Convolution2DTranspose = Conv2DTranspose
SeparableConvolution2D = SeparableConv2D
Convolution1D, SeparableConvolution1D = Conv1D, SeparableConv1D
MaxPool1D, AvgPool1D = MaxPooling1D, AveragePooling1D
MaxPool3D, AvgPool3D = MaxPooling3D, AveragePooling3D
GlobalMaxPool1D, GlobalAvgPool1D = GlobalMaxPooling1D, GlobalAveragePooling1D
GlobalMaxPool3D, GlobalAvgPool3D = GlobalMaxPooling3D, GlobalAveragePooling3D

LAYERS: dict[str, type[Layer]] = {
    "InputLayer": InputLayer,
    "Conv2D": Conv2D,
    "DepthwiseConv2D": DepthwiseConv2D,
    "SeparableConv2D": SeparableConv2D,
    "MaxPooling2D": MaxPooling2D,
    "AveragePooling2D": AveragePooling2D,
    "GlobalAveragePooling2D": GlobalAveragePooling2D,
    "GlobalMaxPooling2D": GlobalMaxPooling2D,
    "Flatten": Flatten,
    "Dense": Dense,
    "Embedding": Embedding,
    "Dropout": Dropout,
    "SpatialDropout2D": SpatialDropout2D,
    "Activation": Activation,
    "ReLU": ReLU,
    "PReLU": PReLU,
    "Softmax": Softmax,
    "BatchNormalization": BatchNormalization,
    "Concatenate": Concatenate,
    "Add": Add,
    "Average": Average,
    "Multiply": Multiply,
    "LayerNormalization": LayerNormalization,
    "Permute": Permute,
    "Rescaling": Rescaling,
    "UnitNormalization": UnitNormalization,
    "ZeroPadding2D": ZeroPadding2D,
    "ActivityRegularization": ActivityRegularization,
    "AlphaDropout": AlphaDropout,
    "Conv2DTranspose": Conv2DTranspose,
    "Cropping1D": Cropping1D,
    "Cropping2D": Cropping2D,
    "Cropping3D": Cropping3D,
    "Dot": Dot,
    "ELU": ELU,
    "GaussianDropout": GaussianDropout,
    "GaussianNoise": GaussianNoise,
    "GroupNormalization": GroupNormalization,
    "Identity": Identity,
    "LeakyReLU": LeakyReLU,
    "Maximum": Maximum,
    "Minimum": Minimum,
    "RepeatVector": RepeatVector,
    "Reshape": Reshape,
    "Subtract": Subtract,
    "ThresholdedReLU": ThresholdedReLU,
    "UpSampling1D": UpSampling1D,
    "UpSampling2D": UpSampling2D,
    "UpSampling3D": UpSampling3D,
    "Normalization": Normalization,
    "RandomErasing": RandomErasing,
    "RandomFlip": RandomFlip,
    "RandomRotation": RandomRotation,
    "RandomTranslation": RandomTranslation,
    "RandomZoom": RandomZoom,
    "RandomBrightness": RandomBrightness,
    "RandomContrast": RandomContrast,
    "CenterCrop": CenterCrop,
    "RandomCrop": RandomCrop,
    "Resizing": Resizing,
    "Conv1D": Conv1D,
    "DepthwiseConv1D": DepthwiseConv1D,
    "SeparableConv1D": SeparableConv1D,
    "AveragePooling1D": AveragePooling1D,
    "GlobalAveragePooling1D": GlobalAveragePooling1D,
    "GlobalAveragePooling3D": GlobalAveragePooling3D,
    "GlobalMaxPooling1D": GlobalMaxPooling1D,
    "GlobalMaxPooling3D": GlobalMaxPooling3D,
    "MaxPooling1D": MaxPooling1D,
    "ZeroPadding1D": ZeroPadding1D,
    "ZeroPadding3D": ZeroPadding3D,
    "Conv3D": Conv3D,
    "Conv1DTranspose": Conv1DTranspose,
    "Conv3DTranspose": Conv3DTranspose,
    "MaxPooling3D": MaxPooling3D,
    "AveragePooling3D": AveragePooling3D,
    "SpatialDropout1D": SpatialDropout1D,
    "SpatialDropout3D": SpatialDropout3D,
}

# Layers that Keras 3 has no more: it does not open files of networks with them.
KERAS_2_LAYERS: dict[str, type[Layer]] = {
    "LocallyConnected1D": LocallyConnected1D,
    "LocallyConnected2D": LocallyConnected2D,
    "RandomHeight": RandomHeight,
    "RandomWidth": RandomWidth,
}

# Layers around another layer, which they are made with.
WRAPPERS: dict[str, type[Layer]] = {
    "SpectralNormalization": SpectralNormalization,
    "TimeDistributed": TimeDistributed,
}

# Layers that Keras does not have: networks with them cannot be written into its files.
OWN_LAYERS: dict[str, type[Layer]] = {
    "CaffePreprocessing": CaffePreprocessing,
    "InceptionModule": InceptionModule,
    "LayerScale": LayerScale,
    "LocalResponseNormalization": LocalResponseNormalization,
    "NearestNeighbours": NearestNeighbours,
    "StochasticDepth": StochasticDepth,
    "TimmNetwork": TimmNetwork,
    "TreeEnsemble": TreeEnsemble,
}

__all__ = [
    "ELU",
    "KERAS_2_LAYERS",
    "LAYERS",
    "OWN_LAYERS",
    "WRAPPERS",
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "AvgPool1D",
    "AvgPool2D",
    "AvgPool3D",
    "BatchNormalization",
    "CaffePreprocessing",
    "CenterCrop",
    "Concatenate",
    "Conv1D",
    "Conv1DTranspose",
    "Conv2D",
    "Conv2DTranspose",
    "Conv3D",
    "Conv3DTranspose",
    "Convolution1D",
    "Convolution1DTranspose",
    "Convolution2D",
    "Convolution2DTranspose",
    "Convolution3D",
    "Convolution3DTranspose",
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Deconvolution2D",
    "Dense",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "Dot",
    "Dropout",
    "Embedding",
    "Flatten",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalAvgPool1D",
    "GlobalAvgPool2D",
    "GlobalAvgPool3D",
    "GlobalMaxPool1D",
    "GlobalMaxPool2D",
    "GlobalMaxPool3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "GroupNormalization",
    "Identity",
    "InceptionModule",
    "Input",
    "InputLayer",
    "InputSpec",
    "Lambda",
    "Layer",
    "LayerNormalization",
    "LayerScale",
    "LeakyReLU",
    "LocalResponseNormalization",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "MaxPool1D",
    "MaxPool2D",
    "MaxPool3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
    "Maximum",
    "Merge",
    "Minimum",
    "Multiply",
    "NearestNeighbours",
    "Normalization",
    "Operation",
    "PReLU",
    "Permute",
    "RandomBrightness",
    "RandomContrast",
    "RandomCrop",
    "RandomErasing",
    "RandomFlip",
    "RandomHeight",
    "RandomRotation",
    "RandomTranslation",
    "RandomWidth",
    "RandomZoom",
    "ReLU",
    "RepeatVector",
    "Rescaling",
    "Reshape",
    "Resizing",
    "SeparableConv1D",
    "SeparableConv2D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
    "Softmax",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
    "SpectralNormalization",
    "StochasticDepth",
    "Subtract",
    "SymbolicTensor",
    "ThresholdedReLU",
    "TimeDistributed",
    "TimmNetwork",
    "TreeEnsemble",
    "UnitNormalization",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "WeightEntry",
    "Wrapper",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
    "add",
    "average",
    "concatenate",
    "deserialize",
    "dot",
    "experimental",
    "maximum",
    "merge",
    "minimum",
    "multiply",
    "serialize",
    "subtract",
]

__getattr__ = answer_for(__name__)  # what Keras has and is not here
