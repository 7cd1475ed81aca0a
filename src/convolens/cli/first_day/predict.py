"""convolens predict"""

import json
import shlex
from pathlib import Path
from typing import Annotated

import typer

from convolens.cli import options
from convolens.errors import ArgumentError


def predict(
    run: Annotated[
        Path | None,
        typer.Argument(
            help="A run folder, efficientnet-lite0, or an exported model.onnx.", show_default=False
        ),
    ] = None,
    images: Annotated[
        list[str] | None,
        typer.Argument(help="Photos, folders (searched through), patterns in quotes.", show_default=False),
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write a row a file here, in name order; errors are rows too.")
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of a table; the rest goes to standard error.")
    ] = False,
    top: Annotated[int, typer.Option(help="How many of the likeliest classes.")] = 3,
    select: options.Select = "best",
    sort_into: Annotated[
        Path | None,
        typer.Option(
            help="Copy each photo into DIR/CLASS, one with several labels into each.", metavar="DIR"
        ),
    ] = None,
    min_confidence: Annotated[
        float, typer.Option(help="With --sort-into: leave out what is less probable.")
    ] = 0.0,
    link: Annotated[bool, typer.Option("--link", help="With --sort-into: links instead of copies.")] = False,
    calibration: options.CalibrationUsed = True,
    engine: Annotated[
        str,
        typer.Option(
            help="torch; or onnxruntime, by an exported and checked file that the run keeps from then on.",
            metavar="<name>",
        ),
    ] = "torch",
    undo: Annotated[
        Path | None,
        typer.Option(help="Take a --sort-into back, by the undo list it wrote.", metavar="UNDO.CSV"),
    ] = None,
) -> None:
    """Say what is on photos.

    Without a run: [bold]convolens predict efficientnet-lite0 beach.jpg[/bold] tells ImageNet's 1,000 classes apart.

    Example: [bold]convolens predict runs/photos holiday/ --csv answers.csv --sort-into sorted --min-confidence 0.8[/bold]
    """
    from convolens import runs
    from convolens.arguments import one_of
    from convolens.cli.exit_status import BAD_INPUT
    from convolens.runs.answers.sorting import check_sorting
    from convolens.runs.output.screen import Screen
    from convolens.runs.output.tables import check_table
    from convolens.runs.report.prediction import write_answers

    screen = Screen(stderr=json_output)
    one_of("predict", "engine", engine, ["torch", "onnxruntime"])
    if undo is not None:
        removed, left = runs.undo(undo)
        screen.result(
            f"{removed} sorted files removed"
            + (f"; left, for they have changed: {len(left)}" if left else "")
        )
        return
    if run is None or not images:
        raise ArgumentError(
            "predict: give a run folder and photos, `convolens predict runs/photos PHOTO...`."
        )
    if sort_into is None and (link or min_confidence):
        raise ArgumentError("predict: --link and --min-confidence go with --sort-into DIR.")
    if sort_into is not None:
        check_sorting(sort_into, min_confidence, images)
    if csv is not None:
        check_table(csv, run, *images)
    if run.suffix.lower() == ".onnx" and not run.is_dir():
        from convolens import deployment

        if not calibration or select != "best":
            raise ArgumentError(
                "predict: an exported file answers as it was exported; --no-calibration and --select are options of `convolens export`."
            )
        answers = deployment.predict(run, images, top, screen)
    elif engine == "onnxruntime":
        from convolens import deployment

        answers = deployment.predict(
            deployment.engine_of(run, select, calibration, screen), images, top, screen
        )
    else:
        answers = runs.predict(run, images, top, select, screen, calibration)
    if csv is not None:
        write_answers(csv, answers)
        screen.line(f"{len(answers)} rows in {csv}")
    if json_output:
        print(json.dumps([answer.as_dict() for answer in answers], indent=1))
    elif csv is None:
        _show(screen, answers)
    if sort_into is not None:
        done = runs.sort_into(answers, sort_into, min_confidence, link)
        screen.line(
            f"{len(done.created)} photos sorted into {sort_into}, {len(done.unsure)} below {min_confidence:g} left out; "
            f"to take it back: convolens predict --undo {shlex.quote(str(done.undo_list))}"
        )
    failed = [answer for answer in answers if answer.error is not None]
    if failed:
        screen.warn(
            f"{len(failed)} of {len(answers)} files could not be read; the first: {failed[0].path}: {failed[0].error}"
        )
        raise typer.Exit(BAD_INPUT)


def _show(screen, answers) -> None:  # type: ignore[no-untyped-def]  # their types are heavy to import
    if any(a.labels is not None for a in answers):
        _show_labels(screen, answers)
        return
    screen.table(
        ["photo", "class", "confidence", "or"],
        [
            [
                a.path,
                a.label,
                f"{a.confidence:.1%}",
                ", ".join(
                    f"{name} {chance:.1%}" for name, chance in (a.answers if a.unknown else a.answers[1:])
                ),
            ]
            if a.error is None
            else [a.path, "-", "", a.error]
            for a in answers
        ],
        right=(2,),
    )


def _show_labels(screen, answers) -> None:  # type: ignore[no-untyped-def]
    def told(answer, there: bool) -> str:  # type: ignore[no-untyped-def]
        return ", ".join(
            f"{name} {chance:.1%}" for name, chance in answer.answers if (name in answer.labels) == there
        )

    screen.table(
        ["photo", "labels", "not"],
        [
            [a.path, "unknown" if a.unknown else told(a, True) or "none", told(a, False)]
            if a.error is None
            else [a.path, "-", a.error]
            for a in answers
        ],
    )
