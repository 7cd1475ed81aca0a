"""From drawn parameters to one 2 x 3 matrix an image: rotation . shift . shear . zoom about a centre, inverse-mapped."""

import numpy as np

from convolens.augmentation.draw.draws import Draws


def matrices(draws: Draws, rows: int, columns: int, centre: tuple[float, float] | None = None) -> np.ndarray:
    """Return for each image the matrix that takes a place in the output to the place in the input it comes from.

    Args:
        draws: the parameters; what their extras move comes after Keras' matrix, in the same.
        rows, columns: of the images.
        centre: (row, column) that rotation, shear and zoom leave where it is; None is the middle of the image.

    Returns:
        (n, 2, 3) float64: (row, column) in = m[:, :2] @ (row, column) out + m[:, 2].

    Source:
        Keras' `apply_affine_transform`, product by product, so that rounding is the same.

    Example:
        >>> matrices(Draws.of({"tx": 2.0}), 5, 5)[0].tolist()
        [[1.0, 0.0, 0.0], [0.0, 1.0, 2.0]]
    """
    n = len(draws)
    row, column = (rows / 2 - 0.5, columns / 2 - 0.5) if centre is None else centre
    theta, shear = np.deg2rad(draws.theta), np.deg2rad(draws.shear)
    # In Keras' (x, y), which is (column, row).
    rotation, shift, shears, zoom = (np.tile(np.eye(3), (n, 1, 1)) for _ in range(4))
    rotation[:, 0, 0] = rotation[:, 1, 1] = np.cos(theta)
    rotation[:, 1, 0] = np.sin(theta)
    rotation[:, 0, 1] = -rotation[:, 1, 0]
    shift[:, 0, 2], shift[:, 1, 2] = draws.tx, draws.ty
    shears[:, 0, 1], shears[:, 1, 1] = -np.sin(shear), np.cos(shear)
    zoom[:, 0, 0], zoom[:, 1, 1] = draws.zx, draws.zy
    product = rotation @ shift @ shears @ zoom  # (n, 3, 3)
    to_centre = np.array([[1.0, 0, column], [0, 1.0, row], [0, 0, 1.0]])
    from_centre = np.array([[1.0, 0, -column], [0, 1.0, -row], [0, 0, 1.0]])
    changed = (product != np.eye(3)).any(axis=(1, 2))
    product[changed] = to_centre @ product[changed] @ from_centre
    matrix = np.ascontiguousarray(product[:, [1, 0]][:, :, [1, 0, 2]])  # to (row, column)
    return matrix if draws.extras is None else compose(matrix, draws.extras.affine)


def compose(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the matrices of two changes, one after the other: places go through `second`, then through `first`.

    Args:
        first: (n, 2, 3), what happens to the image first.
        second: (n, 2, 3), what happens to what comes out of it.

    Example:
        >>> move, halve = np.array([[[1.0, 0, 3], [0, 1, 0]]]), np.array([[[0.5, 0, 0], [0, 0.5, 0]]])
        >>> compose(move, halve)[0].tolist(), compose(halve, move)[0].tolist()
        ([[0.5, 0.0, 3.0], [0.0, 0.5, 0.0]], [[0.5, 0.0, 1.5], [0.0, 0.5, 0.0]])
    """
    product = np.empty_like(first)
    product[:, :, :2] = first[:, :, :2] @ second[:, :, :2]
    product[:, :, 2] = (first[:, :, :2] @ second[:, :, 2:])[:, :, 0] + first[:, :, 2]
    return product
