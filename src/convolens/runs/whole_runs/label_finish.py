"""After a training on photos with several labels: thresholds tuned on the validation photos, and everything that shows how good it is."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from convolens.analysis.measures import best_thresholds
from convolens.analysis.measures.multi_label import FEWEST, USUAL
from convolens.errors import WriteError
from convolens.files.atomic import atomic_path
from convolens.runs.folder import model_file
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.screen import Screen
from convolens.runs.preparation.prepare import Prepared
from convolens.runs.report.label_findings import label_findings
from convolens.runs.report.page import write_report
from convolens.runs.settings.options import Settings
from convolens.runs.tasks.label_scores import LabelScores, score_labels
from convolens.runs.tasks.label_tables import draw_labels, show_labels, tell_scores, write_label_predictions
from convolens.runs.tasks.scoring import probabilities
from convolens.runs.training.checkpointing import RunCheckpoint
from convolens.runs.training.outcome import Outcome
from convolens.runs.whole_runs.explaining import tell_findings
from convolens.runs.whole_runs.finish import count_epochs, draw_curves, tell_best, validated


def finish_labels(
    folder: RunFolder,
    settings: Settings,
    prepared: Prepared,
    trained: TrainedModel,
    checkpoint: RunCheckpoint,
    images_per_second: float,
    screen: Screen,
    waited: float | None = None,
    first_answer: Mapping[str, Any] | None = None,
) -> Outcome:
    """Score the best weights, tune a threshold a class and keep it in model.json, write what shows it, and say how good it is.

    Args: those of `finish.finish`.
    """
    model, part, names = trained.model, prepared.validation, prepared.class_names
    model.load_weights(folder.best)
    with screen.progress("scoring the best epoch") as advance:
        chances = probabilities(model, part.pixels, trained.preprocessing, advance=advance)
    finite = np.isfinite(chances).all()
    tuned = tuple(best_thresholds(chances, part.labels).tolist()) if finite else trained.thresholds
    scores = score_labels(np.nan_to_num(chances), part.labels, names, tuned)
    findings = label_findings(
        scores, validated(checkpoint.history), checkpoint.best_epoch, shlex.quote(str(folder.path)), waited
    )
    outcome = Outcome(
        checkpoint.best_epoch, count_epochs(checkpoint.history), checkpoint.monitor, checkpoint.mode, checkpoint.best, scores,
        images_per_second, tuple(findings), first_answer,
    )  # fmt: skip
    try:
        model_file.write(folder.model, replace(trained, tuned=tuned))
        write_label_predictions(folder.predictions, part, chances, names, tuned)
        draw_curves(folder, settings, checkpoint)
        draw_labels(folder.path, part, np.nan_to_num(chances), scores)
        with atomic_path(folder.results) as temporary:
            temporary.write_text(
                json.dumps(outcome.as_dict(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
            )
        write_report(folder, settings, prepared, checkpoint.history, outcome.as_dict())
    except WriteError as error:
        screen.warn(f"{error} The weights are kept in {folder.checkpoints}.")
    _tell(folder, settings, outcome, scores, checkpoint, screen)
    return outcome


def _tell(
    folder: RunFolder, settings: Settings, outcome: Outcome, scores: LabelScores, checkpoint: RunCheckpoint, screen: Screen
) -> None:  # fmt: skip
    tell_best(folder, settings, outcome, screen)
    tell_scores(scores, "Validation", screen)
    show_labels(scores, screen)
    few = [c.name for c in scores.classes if not FEWEST <= c.count <= scores.photos - FEWEST]
    kept = f"; {USUAL} for {', '.join(few)}, where fewer than {FEWEST} decide" if few else ""
    screen.line(
        f"The thresholds give the best F1 on these photos{kept}; on others expect a little less (`convolens evaluate`)"
    )
    if checkpoint.failed:
        screen.warn(f"{checkpoint.failed} checkpoints could not be written; see the lines above.")
    if outcome.epochs and outcome.images_per_second:
        screen.line(f"{outcome.images_per_second:,.0f} images/s with validation and checkpoints")
    tell_findings(outcome.findings, screen)
    screen.result(f"Report: {folder.report}")
    screen.result(f"Next: convolens predict {shlex.quote(str(folder.path))} PHOTO...")
