"""Why a network says what it says of a photo: heat maps, filters, feature maps, and the photos a filter answers to."""

from convolens.analysis.explain.feature_maps import FeatureMaps, feature_maps
from convolens.analysis.explain.filters import filters
from convolens.analysis.explain.grad_cam import grad_cam
from convolens.analysis.explain.grad_cam_plus_plus import grad_cam_plus_plus
from convolens.analysis.explain.integrated_gradients import IntegratedGradients, integrated_gradients
from convolens.analysis.explain.layers import LayerCall, find_layer, list_layers
from convolens.analysis.explain.occlusion import occlusion
from convolens.analysis.explain.overlay import overlay
from convolens.analysis.explain.pictures import (
    HeatMap,
    plot_feature_maps,
    plot_filters,
    plot_heat_maps,
    plot_top_photos,
)
from convolens.analysis.explain.scores import class_scores
from convolens.analysis.explain.top_photos import TopPhoto, top_photos

__all__ = [
    "FeatureMaps",
    "HeatMap",
    "IntegratedGradients",
    "LayerCall",
    "TopPhoto",
    "class_scores",
    "feature_maps",
    "filters",
    "find_layer",
    "grad_cam",
    "grad_cam_plus_plus",
    "integrated_gradients",
    "list_layers",
    "occlusion",
    "overlay",
    "plot_feature_maps",
    "plot_filters",
    "plot_heat_maps",
    "plot_top_photos",
    "top_photos",
]
