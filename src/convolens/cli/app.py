"""The app: the commands put together, and errors turned into one line and an exit status."""

import logging
import sys
import warnings
from collections.abc import Callable
from typing import Annotated, NoReturn, TextIO

import typer
from typer.exceptions import TyperException

from convolens import __version__
from convolens.cli.after_training.calibrate import calibrate
from convolens.cli.after_training.check_export import check_export
from convolens.cli.after_training.compare import compare
from convolens.cli.after_training.diff import diff
from convolens.cli.after_training.export import export
from convolens.cli.after_training.finetune import finetune
from convolens.cli.after_training.lr_find import lr_find
from convolens.cli.after_training.resume import resume
from convolens.cli.exit_status import BAD_INPUT, INTERRUPTED, failure
from convolens.cli.files.cache import cache
from convolens.cli.files.import_weights import import_weights
from convolens.cli.first_day.check import check
from convolens.cli.first_day.evaluate import evaluate
from convolens.cli.first_day.explain import explain
from convolens.cli.first_day.predict import predict
from convolens.cli.first_day.train import train
from convolens.cli.networks.convolve import convolve
from convolens.cli.networks.cost import cost
from convolens.cli.networks.demo import demo
from convolens.cli.networks.models import models
from convolens.cli.photos.augment import augment
from convolens.cli.photos.features import features
from convolens.cli.photos.map import map as map_features
from convolens.cli.photos.neighbours import neighbours
from convolens.cli.photos.probe import probe
from convolens.cli.programs.run import run
from convolens.cli.spin_count import set_spin_count
from convolens.cli.studio.studio import studio

# The groups of `convolens --help`, in its order: what a first day needs comes first.
GROUPS: dict[str, tuple[Callable[..., object], ...]] = {
    "A first day": (check, train, predict, explain, evaluate),
    "In the browser": (studio,),
    "More from training": (finetune, resume, compare, lr_find, calibrate, diff),
    "Giving away": (export, check_export),
    "Looking at photos": (augment, features, neighbours, map_features, probe),
    "Understanding networks": (demo, models, cost, convolve),
    "Keras programs": (run,),
    "Files": (import_weights, cache),
}
# What stands behind the program is the program's own, `--help` too.
_SETTINGS: dict[Callable[..., object], dict[str, object]] = {run: {"allow_interspersed_args": False}}


def _version(asked: bool) -> None:
    if asked:
        print(f"convolens {__version__}")
        raise typer.Exit()


def make_app() -> typer.Typer:
    """Return the command line with all its commands."""
    app = typer.Typer(
        name="convolens",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )

    @app.callback()
    def convolens(
        version: Annotated[
            bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
        ] = False,
    ) -> None:
        """A folder of photos in; a convolutional classifier that you can trust, resume and look inside out."""

    for group, commands in GROUPS.items():
        for command in commands:
            app.command(rich_help_panel=group, context_settings=_SETTINGS.get(command))(command)
    return app


def main(arguments: list[str] | None = None) -> None:
    """Run a command and exit: 0 on success, 2 with one line on bad input, 1 where a part failed, 130 after Ctrl-C, 75 after SIGTERM."""
    set_spin_count()
    with warnings.catch_warnings():
        # Of odd metadata; what cannot be read is an error, and said.
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.showwarning = _warn
        # Where it keeps its fonts, and that they take a moment, is of no use to anybody here.
        logging.getLogger("matplotlib").setLevel(logging.ERROR)
        _run(sys.argv[1:] if arguments is None else arguments)


def _run(given: list[str]) -> NoReturn:
    try:
        status = make_app()(args=given or ["--help"], standalone_mode=False) or 0
        if status == INTERRUPTED:  # typer turns Ctrl-C into it, and a training that Ctrl-C ended gives it
            print("convolens: interrupted.", file=sys.stderr)
        sys.exit(status)
    except TyperException as error:  # an option or argument that the command does not take
        context = getattr(error, "ctx", None)
        path = context.command_path if context is not None else "convolens"
        message = getattr(error, "format_message", error.__str__)()
        end = "" if message.endswith((".", "?")) else "."
        _complain(f"{message}{end} See `{path} --help`.", BAD_INPUT)
    except BrokenPipeError:
        _leave_quietly()
    except SystemExit as ended:
        if isinstance(ended.__context__, BrokenPipeError):  # Click ends by itself, with 1 and without a word
            _leave_quietly()
        raise
    except Exception as error:
        found = failure(error)
        if found is None:
            raise
        _complain(*found)


def _leave_quietly() -> NoReturn:
    """End well where the reader of what is printed (head, less) went away: it has what it wanted."""
    sys.stderr.close()
    sys.exit(0)


def _warn(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    print(f"convolens: warning: {' '.join(str(message).split())}", file=sys.stderr)


def _complain(message: str, status: int) -> NoReturn:
    print(f"convolens: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(status)
