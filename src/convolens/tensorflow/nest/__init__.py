"""`tf.nest`: values within lists, tuples and dicts; the keys of a dict in rising order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from convolens.errors import ArgumentError, ArgumentTypeError
from convolens.missing import answer_for

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]


def is_nested(structure: Any) -> bool:
    """Return whether a value is a list, a tuple or a dict.

    Example:
        >>> is_nested([1]), is_nested("text")
        (True, False)
    """
    return isinstance(structure, (list, tuple, dict))


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """Return the values in a structure, in their order; of a value that is none, itself.

    Args:
        structure: lists, tuples and dicts within each other.
        expand_composites: accepted; there are no composite tensors here.

    Example:
        >>> flatten({"b": [1, (2,)], "a": 3})
        [3, 1, 2]
    """
    if not is_nested(structure):
        return [structure]
    return [leaf for part in _parts(structure) for leaf in flatten(part)]


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any], expand_composites: bool = False) -> Any:
    """Return a structure with other values in it: the reverse of `flatten`.

    Args:
        structure: what the result is like.
        flat_sequence: the values, as many as it has.
        expand_composites: accepted.

    Raises:
        ArgumentError: more or fewer values than the structure has.

    Example:
        >>> pack_sequence_as({"b": [0, (0,)], "a": 0}, [1, 2, 3])
        {'b': [2, (3,)], 'a': 1}
    """
    values, places = list(flat_sequence), len(flatten(structure))
    if len(values) != places:
        raise ArgumentError(f"pack_sequence_as: the structure has {places} values; received {len(values)}.")
    return _packed(structure, iter(values))


def map_structure(
    func: Callable[..., Any], *structure: Any, check_types: bool = True, **keywords: Any
) -> Any:
    """Return a structure with each value changed; of several structures alike, values in one place are taken together.

    Args:
        func: of one value of each structure.
        structure: one or several.
        check_types: whether lists, tuples and dicts must be of the same types.
        keywords: `expand_composites`; accepted.

    Raises:
        ArgumentTypeError, ArgumentError: as of `assert_same_structure`; or there is no structure, or no function.

    Example:
        >>> map_structure(lambda a, b: a + b, {"x": [1]}, {"x": [10]})
        {'x': [11]}
    """
    if not callable(func):
        raise ArgumentTypeError(f"map_structure: func must be a function; received {type(func).__name__}.")
    if not structure:
        raise ArgumentError("map_structure: give at least one structure.")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types)
    return pack_sequence_as(
        structure[0], [func(*each) for each in zip(*map(flatten, structure), strict=True)]
    )


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """Check that two structures are alike, whatever their values are.

    Args:
        nest1, nest2: the two.
        check_types: whether lists, tuples and dicts must be of the same types.
        expand_composites: accepted.

    Raises:
        ArgumentError: they are not alike. ArgumentTypeError: they are, but for their types.

    Example:
        >>> assert_same_structure([1, (2, 3)], ["a", ("b", "c")])
    """
    nested = is_nested(nest1), is_nested(nest2)
    if nested == (False, False):
        return
    if nested[0] != nested[1] or isinstance(nest1, dict) != isinstance(nest2, dict):
        raise ArgumentError(f"tf.nest: {nest1!r} and {nest2!r} do not have the same structure.")
    if check_types and type(nest1) is not type(nest2):
        kinds = type(nest1).__name__, type(nest2).__name__
        raise ArgumentTypeError(
            f"tf.nest: {kinds[0]} and {kinds[1]} are in the same place; give check_types=False to allow that."
        )
    if len(nest1) != len(nest2) or (isinstance(nest1, dict) and nest1.keys() != nest2.keys()):
        raise ArgumentError(f"tf.nest: {nest1!r} and {nest2!r} do not have the same structure.")
    for one, other in zip(_parts(nest1), _parts(nest2), strict=True):
        assert_same_structure(one, other, check_types)


def _parts(structure: Any) -> list[Any]:
    if isinstance(structure, dict):
        return [structure[key] for key in sorted(structure)]
    return list(structure)


def _packed(structure: Any, values: Iterator[Any]) -> Any:
    if not is_nested(structure):
        return next(values)
    parts = [_packed(part, values) for part in _parts(structure)]
    if isinstance(structure, dict):
        named = dict(zip(sorted(structure), parts, strict=True))
        return type(structure)((key, named[key]) for key in structure)
    return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)


__getattr__ = answer_for(__name__)
