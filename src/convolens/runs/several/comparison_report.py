"""What shows a comparison: a table for programs, the chart, one self-contained page, and a table for people."""

from collections.abc import Mapping, Sequence
from typing import Any

from convolens.analysis import Point, plot_comparison
from convolens.analysis.charts.comparison_chart import short_count
from convolens.runs.folder.environment import environment
from convolens.runs.output.screen import Screen, seconds_text
from convolens.runs.output.tables import write_csv
from convolens.runs.report.page import picture_data, write_page
from convolens.runs.several.comparison_folder import ComparisonFolder, Row

# column of compare.csv -> field of Row
COLUMNS = {
    "name": "name", "validation_accuracy": "accuracy", "validation_loss": "loss", "epochs": "epochs", "seconds": "seconds",
    "parameters": "parameters", "multiply_accumulates": "multiply_accumulates", "latency_ms": "latency_ms",
    "images_per_second": "images_per_second", "training_images_per_second": "training_images_per_second",
    "training_multiply_accumulates": "operations", "size": "size", "reason": "reason",
}  # fmt: skip


def write_comparison(
    folder: ComparisonFolder,
    rows: Sequence[Row],
    settings: Mapping[str, Any],
    budget: str,
    command: str | None,
    device: str,
) -> None:
    """Write compare.csv, compare.png where a network was trained, and compare.html.

    Args:
        folder: of the comparison.
        rows: one a network.
        settings: what they share.
        budget: in words.
        command: that was typed.
        device: where they were trained.

    Raises:
        WriteError: a file cannot be written.
    """
    write_csv(
        folder.table,
        list(COLUMNS),
        [[_plain(getattr(row, field)) for field in COLUMNS.values()] for row in rows],
    )
    points = [
        Point(row.name, row.multiply_accumulates, row.accuracy, row.parameters)
        for row in rows
        if row.trained and row.accuracy is not None and row.multiply_accumulates and row.parameters
    ]
    if points:
        plot_comparison(points, folder.picture)
    write_page(
        folder.page,
        "compare.html",
        name=folder.path.resolve().name,
        picture=picture_data(folder.picture) if points else None,
        rows=[_cells(row) for row in by_accuracy(rows)],
        budget=budget,
        settings=settings,
        command=command,
        environment=environment(device),
    )


def show_comparison(rows: Sequence[Row], screen: Screen) -> None:
    """Print the table, the best network first."""
    screen.table(
        ["network", "accuracy", "epochs", "seconds", "parameters", "mult-adds", "ms/image"],
        [
            [
                row.name, cells["accuracy"], cells["epochs"], "" if row.seconds is None else f"{row.seconds:,.0f}",
                *("" if count is None else short_count(count) for count in (row.parameters, row.multiply_accumulates)),
                cells["latency"],
            ]
            for row, cells in ((row, _cells(row)) for row in by_accuracy(rows))
        ],
        right=range(1, 7),
    )  # fmt: skip
    for row in rows:
        if not row.trained:
            screen.warn(f"{row.name} was not trained: {row.reason}")


def by_accuracy(rows: Sequence[Row]) -> list[Row]:
    """Return the rows, the most accurate first and those without an accuracy last.

    Example:
        >>> [row.name for row in by_accuracy([Row("a", reason="x"), Row("b", accuracy=0.5), Row("c", accuracy=0.7)])]
        ['c', 'b', 'a']
    """
    return sorted(rows, key=lambda row: -1.0 if row.accuracy is None else row.accuracy, reverse=True)


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else value


def _cells(row: Row) -> dict[str, str]:
    """Return a row as people read it."""

    def text(value: float | None, form: str, unit: str = "") -> str:
        return "" if value is None else f"{value:{form}}{unit}"

    return {
        "name": row.name,
        "size": text(row.size, "d"),
        "accuracy": text(row.accuracy, ".4f"),
        "loss": text(row.loss, ".4f"),
        "epochs": text(row.epochs, "d"),
        "seconds": "" if row.seconds is None else seconds_text(row.seconds),
        "operations": text(row.operations, ".3g"),
        "parameters": text(row.parameters, ",d"),
        "macs": text(row.multiply_accumulates, ",d"),
        "latency": text(row.latency_ms, ".2f"),
        "speed": text(row.images_per_second, ",.0f"),
        "training_speed": text(row.training_images_per_second, ",.0f"),
        "reason": row.reason,
    }
