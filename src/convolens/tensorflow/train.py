"""`tf.train`: checkpoints of loops of one's own. A checkpoint is one safetensors file, `PREFIX-1.safetensors`.

model.dense.weight ...    each object's tensors, by the name that it has in the checkpoint
metadata "values"         JSON: what is no tensor, and which weights each optimizer trains
checkpoint                a text beside them, in TensorFlow's form: which is the newest
"""

import json
import re
from pathlib import Path
from typing import Any

import torch

from convolens.checkpoints import tensors as files
from convolens.checkpoints.status import CheckpointStatus
from convolens.checkpoints.values import decode, encode
from convolens.errors import ArgumentTypeError, CheckpointError, MissingFileError, NotBuiltError
from convolens.files.atomic import atomic_path, remove
from convolens.files.plain_json import parse
from convolens.missing import answer_for
from convolens.models.files.file_names import is_old_form, prepare
from convolens.optimizers import Optimizer
from convolens.tensor import Variable
from convolens.tensorflow.top.text import written

__all__ = ["Checkpoint", "CheckpointManager", "latest_checkpoint", "list_variables"]
__getattr__ = answer_for(__name__)

_NEWEST = "checkpoint"  # the text beside the files
_SUFFIX = ".safetensors"


class Checkpoint:
    """Models, optimizers and variables of a training loop of one's own, saved together and put back bit for bit.

    Args:
        root: a model; its state is saved as "root".
        objects: name -> a model, a layer, an optimizer, a `tf.Variable`, or anything with `state_dict` and `load_state_dict`.

    Raises:
        ArgumentTypeError: an object of another kind.

    Example:
        >>> import tempfile
        >>> step = Variable(3.0)
        >>> checkpoint = Checkpoint(step=step)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = checkpoint.save(f"{folder}/ckpt")
        ...     _ = step.assign(0.0)
        ...     _ = checkpoint.restore(latest_checkpoint(folder))
        >>> path[-6:], float(step)
        ('ckpt-1', 3.0)
    """

    def __init__(self, root: Any = None, **objects: Any) -> None:
        self.objects = objects if root is None else {"root": root, **objects}
        self.save_counter = Variable(0, trainable=False, dtype="int64", name="save_counter")
        for name, thing in self.objects.items():
            if not isinstance(thing, Variable) and not hasattr(_stateful(thing), "load_state_dict"):
                raise ArgumentTypeError(
                    f"Checkpoint: {name} is a {type(thing).__name__}; expected a model, a layer, an optimizer or a tf.Variable."
                )
        self.__dict__.update(self.objects)

    def save(self, file_prefix: Any, options: Any = None) -> str:
        """Write the next checkpoint, PREFIX-1, PREFIX-2 ..., and return its path without the ending.

        Args:
            file_prefix: the path's first part; its folder is made.
            options: accepted.

        Raises:
            WriteError: the file cannot be written. NotBuiltError: a model has no weights yet.
        """
        self.save_counter.assign_add(1)
        path = self.write(f"{written(file_prefix)}-{int(self.save_counter)}")
        _tell_newest(Path(path).parent, [*_listed(Path(path).parent), Path(path).name])
        return path

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Write a checkpoint of exactly this name, and return its path without the ending.

        Args:
            file_prefix: the path.
            options: accepted.

        Raises:
            WriteError: the file cannot be written. NotBuiltError: a model has no weights yet.
        """
        found: dict[str, torch.Tensor] = {}
        values = {name: encode(self._state_of(name), name, found) for name in self.objects}
        values["save_counter"] = int(self.save_counter)
        place = _place(file_prefix)
        prepare(place, overwrite=True)
        files.write(place, found, {"format": "pt", "writer": "convolens", "values": json.dumps(values)})
        return str(place)[: -len(_SUFFIX)]

    def restore(self, save_path: Any, options: Any = None) -> CheckpointStatus:
        """Put everything back as it was saved; nothing where there is no checkpoint (None).

        Args:
            save_path: what `save` gave, or `latest_checkpoint`.
            options: accepted.

        Raises:
            MissingFileError: there is no such file. CheckpointError: damaged, or of other objects.
            NotBuiltError: a model has no weights yet.
        """
        return self.read(save_path) if save_path is not None else CheckpointStatus()

    def read(self, save_path: Any, options: Any = None) -> CheckpointStatus:
        """Do what `restore` does, for a path that is there.

        Args:
            save_path, options: as of `Checkpoint.restore`.

        Raises: as `restore`.
        """
        place = _place(save_path)
        arrays, texts = files.map_arrays(place)
        if "values" not in texts:
            raise CheckpointError(f"{place}: holds weights alone; load them by model.load_weights.")
        values = parse(place, "values", texts["values"])
        found = {name: torch.from_numpy(array.copy()) for name, array in arrays.items()}
        missing = [name for name in self.objects if name not in values]
        if missing:
            held = ", ".join(name for name in values if name != "save_counter")
            raise CheckpointError(
                f"{place}: holds nothing called {', '.join(missing)}, but {held or 'nothing'}."
            )
        # Models before the optimizers of their weights.
        for name, thing in sorted(self.objects.items(), key=lambda item: isinstance(item[1], Optimizer)):
            self._put_back(place, name, thing, decode(values[name], found))
        self.save_counter.assign(int(values["save_counter"]))
        return CheckpointStatus()

    def _state_of(self, name: str) -> Any:
        thing = self.objects[name]
        if isinstance(thing, Variable):
            return thing
        if isinstance(thing, Optimizer):
            trains = [self._names().get(id(parameter)) for parameter in thing.parameters]
            return {"state": thing.state_dict() if thing.built else None, "trains": trains}
        if not getattr(thing, "built", True):
            raise NotBuiltError(f"Checkpoint: {name} has no weights yet; call it once on data first.")
        return dict(_stateful(thing).state_dict())

    def _put_back(self, place: Path, name: str, thing: Any, state: Any) -> None:
        if isinstance(thing, Variable):
            thing.assign(state)
        elif isinstance(thing, Optimizer):
            if state["state"] is None:
                return
            if not thing.built:
                named = {told: parameter for parameter, told in self._parameters()}
                if not all(told in named for told in state["trains"]):
                    raise NotBuiltError(
                        f"Checkpoint: {name} trains weights of no model in the checkpoint; call {name}.build(...) first."
                    )
                thing.build(named[told] for told in state["trains"])
            thing.load_state_dict(state["state"])
        else:
            if not getattr(thing, "built", True):
                raise NotBuiltError(f"Checkpoint: {name} has no weights yet; call it once on data first.")
            try:
                _stateful(thing).load_state_dict(state)
            except (RuntimeError, KeyError) as error:
                raise CheckpointError(f"{place}: {name} is of another architecture: {error}") from error

    def _parameters(self) -> list[tuple[torch.Tensor, str]]:
        """Return the weights of all models, and what they are called in the checkpoint."""
        modules = {name: _stateful(thing) for name, thing in self.objects.items()}
        return [
            (parameter, f"{name}.{within}")
            for name, module in modules.items()
            if isinstance(module, torch.nn.Module)
            for within, parameter in module.named_parameters()
        ]

    def _names(self) -> dict[int, str]:
        return {id(parameter): name for parameter, name in self._parameters()}


class CheckpointManager:
    """Keeps the newest checkpoints in a folder.

    Args:
        checkpoint: of what.
        directory: the folder, which is made.
        max_to_keep: how many; None keeps all.
        checkpoint_name: what the files' names begin with.
        options: TensorFlow's others (`step_counter`, `keep_checkpoint_every_n_hours` ...) change nothing.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     manager = CheckpointManager(Checkpoint(step=Variable(0)), folder, max_to_keep=2)
        ...     paths = [manager.save() for _ in range(3)]
        ...     [path[-1] for path in manager.checkpoints], manager.latest_checkpoint == paths[-1]
        (['2', '3'], True)
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        directory: Any,
        max_to_keep: int | None,
        checkpoint_name: str = "ckpt",
        **options: Any,
    ) -> None:
        self.checkpoint, self.directory = checkpoint, written(directory)
        self.max_to_keep, self.checkpoint_name = max_to_keep, checkpoint_name

    @property
    def checkpoints(self) -> list[str]:
        """The paths of those that are kept, the oldest first."""
        return [str(Path(self.directory) / name) for name in _listed(Path(self.directory))]

    @property
    def latest_checkpoint(self) -> str | None:
        """The path of the newest; None where there is none."""
        return latest_checkpoint(self.directory)

    def save(self, checkpoint_number: Any = None, **options: Any) -> str:
        """Write a checkpoint, remove those that are too many, and return its path.

        Args:
            checkpoint_number: in its name; None counts on.
            options: accepted.

        Raises:
            WriteError: the file cannot be written.
        """
        if checkpoint_number is not None:
            self.checkpoint.save_counter.assign(int(checkpoint_number) - 1)
        path = self.checkpoint.save(Path(self.directory) / self.checkpoint_name)
        kept = _listed(Path(self.directory))
        while self.max_to_keep and len(kept) > self.max_to_keep:
            remove(_place(Path(self.directory) / kept.pop(0)))
        _tell_newest(Path(self.directory), kept)
        return path

    def restore_or_initialize(self) -> str | None:
        """Put back the newest checkpoint, and return its path; None where there is none."""
        self.checkpoint.restore(self.latest_checkpoint)
        return self.latest_checkpoint


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """Return the path of the newest checkpoint in a folder, without its ending; None where there is none.

    Where no `Checkpoint` has saved there, it is the newest file of weights that `ModelCheckpoint` or `save_weights` wrote under a name such as
    `cp-0001.ckpt`, for `load_weights`.

    Args:
        checkpoint_dir: the folder.
        latest_filename: of the text that tells it; "checkpoint" by default.

    Example:
        >>> latest_checkpoint("no/such/folder") is None
        True
    """
    folder = Path(written(checkpoint_dir))
    listed = _listed(folder, latest_filename or _NEWEST)
    if listed:
        return str(folder / listed[-1])
    weights = [path for path in sorted(folder.glob("*")) if is_old_form(path)]
    return str(max(weights, key=lambda path: path.stat().st_mtime_ns)) if weights else None


def list_variables(ckpt_dir_or_file: Any) -> list[tuple[str, list[int]]]:
    """Return the names and shapes of a checkpoint's tensors.

    Args:
        ckpt_dir_or_file: a checkpoint, or the folder of several, whose newest is meant.

    Raises:
        MissingFileError: there is none.
    """
    path = written(ckpt_dir_or_file)
    newest = latest_checkpoint(path) if Path(path).is_dir() else path
    if newest is None:
        raise MissingFileError(f"{path}: holds no checkpoint.")
    return [(name, list(array.shape)) for name, array in sorted(files.map_arrays(_place(newest))[0].items())]


def _stateful(thing: Any) -> Any:
    """Return what has the state of a model or another object."""
    return getattr(thing, "module", thing)


def _place(path: Any) -> Path:
    told = written(path)
    return Path(told if told.endswith(_SUFFIX) else told + _SUFFIX)


def _listed(folder: Path, name: str = _NEWEST) -> list[str]:
    """Return the checkpoints that the text of a folder tells and that are there, the newest last."""
    try:
        text = (folder / name).read_text()
    except (OSError, UnicodeDecodeError):
        return []
    told = re.findall(r'^all_model_checkpoint_paths: "([^"/]+)"$', text, re.MULTILINE)
    return [name for name in dict.fromkeys(told) if _place(folder / name).is_file()]


def _tell_newest(folder: Path, names: list[str]) -> None:
    names = list(dict.fromkeys(reversed(names)))[::-1]
    lines = [
        f'model_checkpoint_path: "{names[-1]}"',
        *(f'all_model_checkpoint_paths: "{name}"' for name in names),
    ]
    with atomic_path(folder / _NEWEST) as temporary:
        temporary.write_text("\n".join(lines) + "\n")
