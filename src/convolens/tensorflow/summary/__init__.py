"""`tf.summary`: what a training loop of one's own writes for TensorBoard; needs `pip install 'convolens[tensorboard]'`.

Example:
    >>> import tempfile
    >>> from convolens.tensorflow import summary
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with summary.create_file_writer(folder).as_default():
    ...         summary.scalar("loss", 0.5, step=1)
    True
"""

from convolens.missing import answer_for
from convolens.tensorflow.summary.values import histogram, image, scalar, text
from convolens.tensorflow.summary.writer import SummaryWriter, create_file_writer

__all__ = ["SummaryWriter", "create_file_writer", "histogram", "image", "scalar", "text"]
__getattr__ = answer_for(__name__)
