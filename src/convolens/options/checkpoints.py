"""When a state is saved, and how many stay: the options of `train`, and of `resume`."""

from convolens.options.option import Option

CHECKPOINTS = "Checkpoints"
KEPT_STATES = 2
CHECKPOINT_STEPS = Option(
    "Save the state every so many steps too, not only after an epoch.",
    CHECKPOINTS,
    show_default=False,
    may_differ=True,
)
CHECKPOINT_MINUTES = Option(
    "Save the state every so many minutes too.", CHECKPOINTS, show_default=False, may_differ=True
)
KEEP = Option(
    f"How many states stay; {KEPT_STATES} by default. The best weights always do.",
    CHECKPOINTS,
    show_default=False,
    may_differ=True,
)
