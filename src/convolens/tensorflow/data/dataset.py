"""Dataset: TensorFlow's chains of data, lazily, each pass a function of (seed, epoch)."""

import glob
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import torch

from convolens.arguments import integer
from convolens.errors import ArgumentError, ArgumentTypeError, MissingFileError, NotHereError
from convolens.tensor import Tensor, as_tensor
from convolens.tensorflow.data import changes, order, sources
from convolens.tensorflow.data.stage import INFINITE, UNKNOWN, Stage
from convolens.tensorflow.data.structure import as_numpy, map_structure, surface
from convolens.tensorflow.data.windows import Windows


class Dataset:
    """A chain of data: nothing is read or computed before it is gone through.

    Orders are functions of (seed, epoch): each `iter` is the next epoch, and `Model.fit` asks for the epoch it is in, so that a resumed
    training sees what one without a break would. Functions given to `map` and its kin run on the calling thread, one element after
    the other; `num_parallel_calls` and `prefetch` are accepted and change nothing.

    Args:
        stage: the last step of the chain; made by `from_tensor_slices` and its kin.

    Source:
        `tf.data.Dataset` of TensorFlow 2.

    Example:
        >>> data = Dataset.from_tensor_slices((np.arange(5), np.arange(5) % 2)).map(lambda x, y: (x * 10, y)).batch(2)
        >>> [x.numpy().tolist() for x, y in data]
        [[0, 10], [20, 30], [40]]
        >>> len(data), data.element_spec[0]
        (3, TensorSpec(shape=(None,), dtype=tf.int64, name=None))
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._passes = 0

    # -- where elements come from ------------------------------------------------------------------

    @staticmethod
    def from_tensor_slices(tensors: Any, name: str | None = None) -> "Dataset":
        """Return the rows of arrays.

        Args:
            tensors: an array or a list, or tuples and dicts of such, of one length; images (n, rows, columns, channels).
            name: accepted.
        """
        return Dataset(sources.Slices(tensors))

    @staticmethod
    def from_tensors(tensors: Any, name: str | None = None) -> "Dataset":
        """Return a data set of one element.

        Args:
            tensors: the element: an array, a number, or tuples and dicts of such.
            name: accepted.
        """
        return Dataset(sources.Single(tensors))

    @staticmethod
    def from_generator(
        generator: Callable[..., Iterable[Any]],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> "Dataset":
        """Return what a function's iterator yields; the function is called for each pass.

        Args:
            generator: the function.
            output_types: a structure of types, that the values get.
            output_shapes: accepted.
            args: arguments of the function.
            output_signature: a structure of `TensorSpec` instead, which the values have to fit.
            name: accepted.
        """
        signature = output_types if output_signature is None else output_signature
        if isinstance(signature, list):
            signature = tuple(signature)
        return Dataset(sources.Generated(generator, signature, () if args is None else tuple(args)))

    @staticmethod
    def range(*args: int, output_type: Any = "int64", name: str | None = None) -> "Dataset":
        """Return whole numbers, as Python's `range` gives.

        Args:
            args: stop; or start, stop; or start, stop, step.
            output_type: the type of the values.
            name: accepted.
        """
        return Dataset(sources.Numbers(range(*(int(number) for number in args)), output_type))

    @staticmethod
    def list_files(
        file_pattern: Any, shuffle: bool | None = None, seed: int | None = None, name: str | None = None
    ) -> "Dataset":
        """Return the paths of files, as texts.

        Args:
            file_pattern: a pattern of `glob`, or several of them.
            shuffle: False keeps them sorted; None and True mix them.
            seed: as of `Dataset.shuffle`.
            name: accepted.

        Raises:
            MissingFileError: no file fits.
        """
        patterns = [file_pattern] if isinstance(file_pattern, (str, bytes)) else list(file_pattern)
        texts = [pattern.decode() if isinstance(pattern, bytes) else str(pattern) for pattern in patterns]
        paths = sorted(path for pattern in texts for path in glob.glob(pattern))
        if not paths:
            raise MissingFileError(f"list_files: no file fits {', '.join(texts)}; is the folder right?")
        files = Dataset(sources.Slices(np.array(paths)))
        return files if shuffle is False else files.shuffle(len(paths), seed)

    @staticmethod
    def zip(*args: Any, datasets: Any = None, name: str | None = None) -> "Dataset":
        """Return the elements of several data sets beside each other, until one ends.

        Args:
            args: data sets, or one structure of them.
            datasets: a structure of them instead.
            name: accepted.

        Raises:
            ArgumentTypeError: something else is among them.
        """
        structure = datasets if datasets is not None else args[0] if len(args) == 1 else args

        def stage_of(each: Any) -> Stage:
            if not isinstance(each, Dataset):
                raise ArgumentTypeError(
                    f"zip: needs data sets, as Dataset.zip((a, b)); received {type(each).__name__}."
                )
            return each.stage

        return Dataset(order.Zip(map_structure(stage_of, structure)))

    # -- order -------------------------------------------------------------------------------------

    def shuffle(
        self,
        buffer_size: Any,
        seed: int | None = None,
        reshuffle_each_iteration: bool | None = True,
        name: str | None = None,
    ) -> "Dataset":
        """Return a random one of the next `buffer_size` elements each time.

        Args:
            buffer_size: as many as the data set has mix it wholly.
            seed: of the order; None is torch's initial seed, as `fit` takes.
            reshuffle_each_iteration: another order in each pass.
            name: accepted.
        """
        size = integer("shuffle", "buffer_size", int(buffer_size))
        number = torch.initial_seed() if seed is None else int(seed)
        return Dataset(order.Shuffle(self.stage, size, number, reshuffle_each_iteration is not False))

    def repeat(self, count: Any = None, name: str | None = None) -> "Dataset":
        """Return passes one after the other.

        Args:
            count: how many; None and -1 go on without end.
            name: accepted.
        """
        endless = count is None or int(count) < 0
        return Dataset(order.Repeat(self.stage, None if endless else int(count)))

    def take(self, count: Any, name: str | None = None) -> "Dataset":
        """Return the first elements.

        Args:
            count: how many; -1 takes all.
            name: accepted.
        """
        return self if int(count) < 0 else Dataset(order.Part(self.stage, 0, int(count)))

    def skip(self, count: Any, name: str | None = None) -> "Dataset":
        """Return all but the first elements, which are not read.

        Args:
            count: how many; -1 skips all.
            name: accepted.
        """
        return self.take(0) if int(count) < 0 else Dataset(order.Part(self.stage, int(count), None))

    def shard(self, num_shards: Any, index: Any, name: str | None = None) -> "Dataset":
        """Return one of several parts: every `num_shards`-th element.

        Args:
            num_shards: how many parts.
            index: which, from 0.
            name: accepted.

        Raises:
            ArgumentError: no such part.
        """
        if not 0 <= int(index) < int(num_shards):
            raise ArgumentError(
                f"shard: index must be 0 to num_shards - 1; received {index} of {num_shards}."
            )
        return Dataset(order.Part(self.stage, int(index), None, int(num_shards)))

    def concatenate(self, dataset: "Dataset", name: str | None = None) -> "Dataset":
        """Return these elements, then those of another.

        Args:
            dataset: the other.
            name: accepted.
        """
        return Dataset(order.Concatenation(self.stage, dataset.stage))

    def enumerate(self, start: int = 0, name: str | None = None) -> "Dataset":
        """Return (number, element) of each.

        Args:
            start: the first number.
            name: accepted.
        """
        return Dataset(order.Numbered(self.stage, int(start)))

    # -- changes -----------------------------------------------------------------------------------

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        synchronous: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """Return what a function gives for each element.

        Args:
            map_func: gets a `Tensor`, or one argument for each part of a tuple; gives a structure of tensors, arrays and numbers.
            num_parallel_calls, deterministic, synchronous, name: accepted.
        """
        return Dataset(changes.Map(self.stage, map_func))

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> "Dataset":
        """Return the elements that a function holds to be true.

        Args:
            predicate: gets what the function of `map` gets.
            name: accepted.
        """
        return Dataset(changes.Filter(self.stage, predicate))

    def batch(
        self,
        batch_size: Any,
        drop_remainder: bool = False,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """Return several elements as one, with a new axis first.

        Args:
            batch_size: how many.
            drop_remainder: leave out a last batch of fewer.
            num_parallel_calls, deterministic, name: accepted.
        """
        return Dataset(
            changes.Batch(self.stage, integer("batch", "batch_size", int(batch_size)), bool(drop_remainder))
        )

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> "Dataset":
        """Return several elements of different sizes as one, zeros behind the smaller ones.

        Args:
            batch_size, drop_remainder: as of `Dataset.batch`.
            padded_shapes: accepted where each batch is as large as its largest element, which None means.
            padding_values: None and zeros alone.
            name: accepted.

        Raises:
            ArgumentError: fixed sizes or other values are asked for.
        """
        fixed = padded_shapes is not None and any(
            size is not None for size in np.ravel(np.array(padded_shapes, object))
        )
        if fixed or np.any(np.array(0 if padding_values is None else padding_values) != 0):
            raise ArgumentError(
                "padded_batch: pads to the largest of each batch with zeros; other sizes and values are made by tf.pad in map."
            )
        size = integer("padded_batch", "batch_size", int(batch_size))
        return Dataset(changes.Batch(self.stage, size, bool(drop_remainder), changes.padded))

    def unbatch(self, name: str | None = None) -> "Dataset":
        """Return the rows of the elements, one by one."""
        return Dataset(changes.Unbatch(self.stage))

    def cache(self, filename: Any = "", name: str | None = None) -> "Dataset":
        """Return the elements, kept in memory from their first use on, in the order of the first pass.

        Args:
            filename: accepted; nothing is written.
            name: accepted.
        """
        return Dataset(changes.Cache(self.stage))

    def prefetch(self, buffer_size: Any = None, name: str | None = None) -> "Dataset":
        """Return the same.

        Args:
            buffer_size, name: accepted.
        """
        return Dataset(self.stage)

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """Return the elements of the data sets that a function makes of the elements, in turns.

        Args:
            map_func: gets what the function of `map` gets; gives a data set.
            cycle_length: how many data sets take turns; None and AUTOTUNE: two.
            block_length: how many elements of each follow each other; None is 1.
            num_parallel_calls, deterministic, name: accepted.
        """
        cycle = 2 if cycle_length is None or int(cycle_length) < 0 else int(cycle_length)
        return Dataset(changes.Interleave(self.stage, map_func, cycle, int(block_length or 1)))

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> "Dataset":
        """Return the elements of the data sets that a function makes of the elements, one after the other.

        Args:
            map_func: gets what the function of `map` gets; gives a data set.
            name: accepted.
        """
        return Dataset(changes.Interleave(self.stage, map_func, 1, 1))

    def window(
        self,
        size: Any,
        shift: Any = None,
        stride: Any = 1,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> "Dataset":
        """Return data sets of elements that follow each other, one for each part of a tuple.

        Args:
            size: how many elements a window holds.
            shift: how far the next begins; None is `size`.
            stride: takes every so-many-th element.
            drop_remainder: leave out the last windows, of fewer.
            name: accepted.
        """
        return Dataset(
            Windows(self.stage, Dataset, int(size), int(shift or size), int(stride), bool(drop_remainder))
        )

    def apply(self, transformation_func: Callable[["Dataset"], "Dataset"]) -> "Dataset":
        """Return what a function of the data set gives."""
        return transformation_func(self)

    def with_options(self, options: Any, name: str | None = None) -> "Dataset":
        """Return the same.

        Args:
            options, name: accepted.
        """
        return Dataset(self.stage)

    def reduce(
        self, initial_state: Any, reduce_func: Callable[[Any, Any], Any], name: str | None = None
    ) -> Any:
        """Return a state after all elements of the first pass.

        Args:
            initial_state: a structure of values.
            reduce_func: (state, element) -> state.
            name: accepted.
        """
        state = map_structure(surface, map_structure(_number, initial_state))
        for element in self.elements(0):
            state = reduce_func(state, map_structure(surface, element))
        return map_structure(lambda value: as_tensor(value), state)

    # -- what it holds -----------------------------------------------------------------------------

    @property
    def element_spec(self) -> Any:
        """The structure of an element, with a `TensorSpec` for each value; where functions take part the first element is made."""
        return self.stage.spec()

    def cardinality(self) -> Tensor:
        """Return the number of elements; -1 without end, -2 where it is not known before they were gone through."""
        return as_tensor(np.int64(self.stage.cardinality))

    def __len__(self) -> int:
        count = self.stage.cardinality
        if count < 0:
            why = {INFINITE: "it repeats without end", UNKNOWN: "it is not known before all were made"}[count]
            raise ArgumentTypeError(
                f"The data set has no length: {why}; ask for cardinality(), or take(n) first."
            )
        return count

    def __bool__(self) -> bool:
        return True

    def elements(self, epoch: int, start: int = 0) -> Iterator[Any]:
        """Return the elements of one pass as arrays and plain tensors.

        Args:
            epoch: the number of the pass, from 0.
            start: the element to begin with; those before it are not made.
        """
        return map(self.stage.element, islice(self.stage.items(epoch), start, None))

    def __iter__(self) -> "Elements":
        epoch, self._passes = self._passes, self._passes + 1
        return Elements(map_structure(surface, element) for element in self.elements(epoch))

    def __getattr__(self, name: str) -> Any:
        """Say of what TensorFlow's data sets have and is not here what to use instead."""
        if name.startswith("_"):
            raise AttributeError(name)
        from convolens.missing.advice import sentence

        raise NotHereError(sentence(f"tf.data.Dataset.{name}"), name=name, obj=self)

    def as_numpy_iterator(self) -> "NumpyIterator":
        """Return the elements of the next pass as NumPy's arrays and numbers."""
        return NumpyIterator(map_structure(as_numpy, element) for element in iter(self))

    def get_single_element(self, name: str | None = None) -> Any:
        """Return the only element.

        Raises:
            ArgumentError: there is none, or more than one.
        """
        found = list(islice(self.elements(0), 2))
        if len(found) != 1:
            raise ArgumentError(
                f"get_single_element: the data set has {'no element' if not found else 'more than one'}."
            )
        return map_structure(surface, found[0])

    def __repr__(self) -> str:
        try:
            return f"<Dataset element_spec={self.element_spec}>"
        except Exception:  # a function of the user's failed: that is said when elements are asked for
            return "<Dataset>"


def _number(value: Any) -> Any:
    return as_tensor(value) if isinstance(value, (bool, int, float, list, np.generic)) else value


class Elements(Iterator[Any]):
    """An iterator that has TensorFlow's `get_next()` too.

    Args:
        elements: what it goes through.
    """

    def __init__(self, elements: Iterator[Any]) -> None:
        self._elements = elements

    def __next__(self) -> Any:
        return next(self._elements)

    def get_next(self) -> Any:
        """Return the next element."""
        return next(self._elements)


class NumpyIterator(Elements):
    """An iterator that has TensorFlow's `next()` too: of arrays and numbers."""

    def next(self) -> Any:
        """Return the next element."""
        return next(self._elements)
