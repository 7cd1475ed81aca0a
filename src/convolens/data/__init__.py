"""Find, check, split, decode and cache the images of a folder; knows nothing of networks."""

from convolens.data.caching.cache import Pixels, load_pixels
from convolens.data.decoding.decode import read_image, read_pixels
from convolens.data.decoding.preprocessing import Preprocessing
from convolens.data.folders.folder import ImageFolder, list_images
from convolens.data.folders.layout import Layout, find_layout
from convolens.data.labels.label_table import read_label_table
from convolens.data.labels.multi_label import MultiLabelFolder, merge_identical
from convolens.data.splits.folds import folds_by_content
from convolens.data.splits.groups import read_groups
from convolens.data.splits.split import split_by_content

__all__ = [
    "ImageFolder",
    "Layout",
    "MultiLabelFolder",
    "Pixels",
    "Preprocessing",
    "find_layout",
    "folds_by_content",
    "list_images",
    "load_pixels",
    "merge_identical",
    "read_groups",
    "read_image",
    "read_label_table",
    "read_pixels",
    "split_by_content",
]
