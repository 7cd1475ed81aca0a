"""The compiled network of a run and the batches of its photos, as its settings say."""

from collections.abc import Callable

from convolens import optimizers
from convolens.applications import build
from convolens.augmentation import Augmentation, AugmentedBatches
from convolens.data.prepared import Prepared
from convolens.models import Model
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.settings.options import Settings
from convolens.runs.settings.schedule import learning_rate
from convolens.runs.tasks.task_of import task_of
from convolens.runs.training.first_weights import network_like
from convolens.runs.training.learnt_network import learnt_network


def trained_model(settings: Settings, prepared: Prepared, model: Model) -> TrainedModel:
    """Return a run's model with what it must be shown and what its outputs mean."""
    return TrainedModel(
        model,
        settings.model,
        prepared.class_names,
        settings.shown(prepared.samples),
        bool(settings.multi_label),
    )


def steps_an_epoch(settings: Settings, prepared: Prepared) -> int:
    """Return how many batches an epoch has."""
    return -(-len(prepared.training) // settings.batch_size)


def model_maker(settings: Settings, prepared: Prepared) -> Callable[[], Model]:
    """Return a function that makes the compiled model of a run, its weights drawn anew, on the run's device."""
    rate = learning_rate(settings, steps_an_epoch(settings, prepared))

    def make() -> Model:
        classes, like = len(prepared.class_names), network_like(settings)
        if settings.transfer is not None:
            model = learnt_network(settings, classes, like)
        else:
            model = build(
                settings.model,
                settings.input_shape,
                classes,
                # auxiliary classifiers help a network that begins fresh
                training=settings.finetuning is None,
                weights=like,
                multi_label=bool(settings.multi_label),
            )
        optimizer = optimizers.get({"class_name": settings.optimizer, "config": settings.optimizer_options})
        optimizer.learning_rate = rate
        task, units = task_of(settings), int(model.output_shape[-1])
        model.compile(optimizer, loss=task.loss(units), metrics=task.metrics(), precision=settings.precision)
        return model.to(settings.device)

    return make


def make_batches(settings: Settings, prepared: Prepared, model: Model, training: bool) -> AugmentedBatches:
    """Return the batches of one side; only those of the training are varied."""
    part = prepared.training if training else prepared.validation
    return AugmentedBatches(
        part.pixels,
        task_of(settings).targets(part.labels, int(model.output_shape[-1])),
        settings.batch_size if training else max(64, settings.batch_size),
        settings.augmentation if training else Augmentation(),
        settings.seed,
        rescale=settings.preprocessing.rescale,
        shuffle=training,
        balance=training and settings.balance,
        classes=len(prepared.class_names),
    )
