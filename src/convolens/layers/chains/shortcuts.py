"""What a network may leave out where nobody looks: an activation's copy, a padded image in front of a convolution.

Results are the same numbers. A layer with hooks is looked at: what goes into it and comes out of it is then made as it says.
"""

from convolens.layers.layer import Layer


def unseen(layer: Layer) -> bool:
    """Return whether no hook looks at a layer.

    Example:
        >>> layer = Layer()
        >>> hook = layer.register_forward_hook(print)
        >>> unseen(layer)
        False
    """
    return not (
        layer._forward_hooks or layer._forward_pre_hooks or layer._backward_hooks or layer._backward_pre_hooks
    )


def may_overwrite(layer: Layer, maker: Layer) -> bool:
    """Return whether `layer` may write over the result of `maker`, given that nobody else takes it.

    Example:
        >>> from convolens.layers import Activation, BatchNormalization
        >>> may_overwrite(Activation("relu"), BatchNormalization())
        True
        >>> may_overwrite(Activation("relu"), Activation("tanh"))  # its gradient needs what came out of it
        False
    """
    return layer.can_overwrite and maker.gives_own_result and unseen(maker) and unseen(layer)


def may_pad(layer: Layer, padding: Layer) -> tuple[int, int] | None:
    """Return the (rows, columns) of zeros that `layer` may add itself instead of `padding`, or None.

    Example:
        >>> from convolens.layers import Conv2D, ZeroPadding2D
        >>> may_pad(Conv2D(8, 3, strides=2), ZeroPadding2D(1))
        (1, 1)
    """
    zeros: tuple[int, int] | None = getattr(padding, "zeros", None)
    if zeros is None or not getattr(layer, "can_pad", False) or not unseen(padding) or not unseen(layer):
        return None
    return zeros
