"""cost: parameters, multiply-accumulates, memory and receptive fields, measured without computing a number."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from convolens.analysis.cost.model_cost import ADAM_NUMBERS, LayerCost, ModelCost, TrainingCost
from convolens.arguments import integer
from convolens.errors import ArgumentTypeError, NotBuiltError, ShapeError

if TYPE_CHECKING:
    import torch

    from convolens.analysis.cost.tracer import Row, Tracer


def cost(
    model: Any, input_shape: Any = None, batch_size: int = 1, training: bool = True, computed: bool = False
) -> ModelCost:
    """Measure what a network costs, layer by layer, in inference and in training.

    The network runs once forwards, and once forwards and backwards, on tensors that have a shape and no memory
    (torch's FakeTensorMode), so nothing is computed or allocated, a network on the meta device will do,
    and the network stays as it was. A network whose way depends on values runs on zeros instead. Multiply-accumulates are
    those of convolutions, dense layers and other matrix products, by torch's own `flop_counter`
    (1 multiply-accumulate = 2 FLOPs); activations, pooling and normalisation count nothing.

    Args:
        model: a `Model` or any `torch.nn.Module` that takes one NCHW tensor (or (n, features)).
        input_shape: (rows, columns, channels) of an image, or (features,), without the batch; a list of such
            for several inputs; None takes the shape that a model of ours was built for.
        batch_size: images in the batch that the numbers are for.
        training: False leaves out what training costs, which takes twice as long to find as all else.
        computed: True lets the network run forwards on zeros, with the same result: sooner in a program that computes with it
            anyway, for FakeTensorMode begins by importing torch's compiler, which takes as long as importing torch.

    Raises:
        ArgumentTypeError: not a network. NotBuiltError: its weights do not exist yet.
        ShapeError: it cannot take an input of that shape; the message names the layer.

    Example:
        >>> import torch
        >>> cost(torch.nn.Conv2d(256, 192, 3, padding=1), (28, 28, 256)).multiply_accumulates
        346816512
    """
    module = checked_module(model)
    shapes, several = _shapes(module, input_shape)
    batch_size = integer("cost", "batch_size", batch_size)
    forward = _inference(module, shapes, several, batch_size, computed)
    step = _training(module, shapes, several, batch_size) if training else None
    layers = _layers(module, forward.rows, step.rows if step is not None else [])
    weights = sum(tensor.nbytes for tensor in [*module.parameters(), *module.buffers()])
    of_training = None
    if step is not None:
        gradients = sum(parameter.nbytes for parameter in module.parameters() if parameter.requires_grad)
        of_training = TrainingCost(
            multiply_accumulates=sum(layer.training_multiply_accumulates for layer in layers),
            kept_bytes=sum(layer.kept_bytes for layer in layers),
            weights_bytes=weights,
            gradients_bytes=gradients,
            optimizer_bytes=ADAM_NUMBERS * gradients,
        )
    name = getattr(model, "name", None) or type(module).__name__
    return ModelCost(
        str(name), tuple(shapes) if several else shapes[0], batch_size, layers, weights, of_training
    )


def checked_module(thing: Any, where: str = "cost") -> "torch.nn.Module":
    """Return the module of a model, or the module itself, if its weights exist.

    Raises:
        ArgumentTypeError: neither. NotBuiltError: there are no weights yet.
    """
    import torch
    from torch.nn.parameter import is_lazy

    module = thing if isinstance(thing, torch.nn.Module) else getattr(thing, "module", None)
    if not isinstance(module, torch.nn.Module):
        raise ArgumentTypeError(
            f"{where}: expected a Model or a torch.nn.Module; received {type(thing).__name__}."
        )
    unbuilt = any(getattr(child, "built", True) is False for child in module.modules())
    if unbuilt or any(is_lazy(parameter) for parameter in module.parameters()):
        raise NotBuiltError(
            f"{where}: the network has no weights yet; add an Input(shape=...) first, or call build or predict."
        )
    return module


# -- shapes ------------------------------------------------------------------------------------------


def _shapes(module: Any, given: Any) -> tuple[list[tuple[int, ...]], bool]:
    """Return the inputs' shapes, and whether there are several."""
    if given is None:
        built = getattr(module, "input_shape", None)
        if built is None:
            raise ShapeError(
                "cost: give input_shape=(rows, columns, channels); a torch module does not say what it takes."
            )
        given = [shape[1:] for shape in built] if isinstance(built, list) else built[1:]
    several = isinstance(given, (list, tuple)) and bool(given) and isinstance(given[0], (list, tuple))
    return [_shape(shape) for shape in (given if several else [given])], several


def _shape(input_shape: Any) -> tuple[int, ...]:
    shape = tuple(input_shape) if isinstance(input_shape, Sequence) else (input_shape,)
    whole = all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in shape)
    if len(shape) not in (1, 3) or not whole:
        raise ShapeError(
            "cost: input_shape must be (rows, columns, channels) or (features,), positive integers without "
            f"the batch; received {input_shape!r}."
        )
    return shape


# -- running -----------------------------------------------------------------------------------------


def _inference(
    module: "torch.nn.Module", shapes: list[tuple[int, ...]], several: bool, batch_size: int, computed: bool
) -> "Tracer":
    import torch

    from convolens.analysis.cost.tracer import Tracer
    from convolens.models.graph.dry_run import held, inputs_for, ready

    image = (shapes[0][0], shapes[0][1]) if len(shapes) == 1 and len(shapes[0]) == 3 else None

    real = all(tensor.device.type != "meta" for tensor in held(module))
    for fake in (False,) if computed and real else (True, False) if real else (True,):
        tracer = Tracer(image)
        with torch.no_grad(), ready(module, fake, training=False) as call:
            inputs = inputs_for(module, shapes, batch_size, fake)
            tracer.begin(inputs[0])
            try:
                with tracer.hooked(module), tracer:
                    call(inputs if several else inputs[0])
                return tracer
            except Exception as error:
                problem = error  # it looks at values; or it cannot take the shape, and says so again
    reason = " ".join(str(problem).split()) or type(problem).__name__
    raise ShapeError(
        f"cost: the network cannot take one input of shape {shapes if several else shapes[0]}: layer "
        f"{tracer.stopped_at} says {reason[:300]!r}. Give (rows, columns, channels) of the images that it was made for."
    ) from problem


def _training(
    module: "torch.nn.Module", shapes: list[tuple[int, ...]], several: bool, batch_size: int
) -> "Tracer | None":
    """Return what a training step does; None where there is nothing to train or no way backwards."""
    import torch

    from convolens.analysis.cost.receptive_axes import tensors_in
    from convolens.analysis.cost.tracer import Tracer
    from convolens.models.graph.dry_run import held, inputs_for, ready

    # A batch norm of one value a channel refuses to train: then its fixed form is measured.
    for fake, training in ((True, True), (True, False), (False, True)):
        if not fake and any(tensor.device.type == "meta" for tensor in held(module)):
            continue
        tracer = Tracer()
        with torch.enable_grad(), ready(module, fake, training) as call:
            inputs = inputs_for(module, shapes, batch_size, fake)
            tracer.known(held(module))
            try:
                with tracer.hooked(module), tracer:
                    out = call(inputs if several else inputs[0], tracer.known)
                    made = tensors_in([*out.values()] if isinstance(out, dict) else [out])
                    ends = [tensor for tensor in made if tensor.requires_grad]
                    if not ends:
                        return None
                    torch.autograd.backward(ends, [torch.empty_like(tensor) for tensor in ends])
            except Exception:
                continue
        return tracer
    return None


# -- rows --------------------------------------------------------------------------------------------


def _layers(module: "torch.nn.Module", rows: "list[Row]", steps: "list[Row]") -> tuple[LayerCost, ...]:
    """Join both runs, and give each weight to the first row of the module that holds it."""
    from convolens.analysis.cost.tracer import OWN, Row

    trained = {(row.name, row.call): row for row in steps}
    ran = {(row.name, row.call) for row in rows}
    owners: dict[str, tuple[int, int, int]] = {}
    unused: list[Row] = []
    seen: set[int] = set()
    for name, child in module.named_modules():
        leaf = next(child.children(), None) is None
        row_name = (name or type(child).__name__) + ("" if leaf else OWN)
        owners[row_name] = _numbers(child, seen)
        if (row_name, 1) not in ran and (any(owners[row_name]) or (row_name, 1) in trained):
            unused.append(Row(row_name, type(child).__name__, 0))
    layers = []
    for row in [*rows, *unused]:
        step = trained.get((row.name, max(row.call, 1)))
        trainable, frozen, buffers = owners[row.name] if row.call < 2 else (0, 0, 0)
        layers.append(
            LayerCost(
                name=row.name,
                kind=row.kind,
                call=row.call,
                output_shape=row.output_shape,
                trainable_parameters=trainable,
                frozen_parameters=frozen,
                buffers=buffers,
                multiply_accumulates=row.multiply_accumulates,
                activations_bytes=row.activations_bytes,
                receptive_field=row.receptive_field,
                training_multiply_accumulates=step.multiply_accumulates if step is not None else 0,
                kept_bytes=step.kept_bytes if step is not None else 0,
            )
        )
    return tuple(layers)


def _numbers(child: "torch.nn.Module", seen: set[int]) -> tuple[int, int, int]:
    """Return how many numbers a module holds itself, those of `seen` tensors not again: trained, frozen, buffers."""
    own = [item for item in child.parameters(recurse=False) if id(item) not in seen]
    seen.update(id(item) for item in own)
    return (
        sum(item.numel() for item in own if item.requires_grad),
        sum(item.numel() for item in own if not item.requires_grad),
        sum(item.numel() for item in child.buffers(recurse=False) if item.is_floating_point()),
    )
