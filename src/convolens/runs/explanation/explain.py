"""explain: why a run says what it says of photos, as pictures and one page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from convolens.analysis.charts.pictures import shorten
from convolens.analysis.explain import LayerCall, feature_maps, filters, list_layers
from convolens.analysis.explain.layers import layer_for
from convolens.analysis.explain.pictures import plot_feature_maps, plot_filters, plot_heat_maps
from convolens.analysis.explain.scores import ask
from convolens.arguments import look_up, one_of
from convolens.data.folders.names import Spellings
from convolens.errors import ArgumentError, ConvolensError
from convolens.runs.answers.predict import find_photos, searched_folders
from convolens.runs.answers.ready_made import find_answering, load_answering
from convolens.runs.explanation.methods import METHODS, NEED_LAYER, chosen_layers, heat_map, workable
from convolens.runs.explanation.page import Shown, write_explanation
from convolens.runs.explanation.top_photos import draw_top, find_top
from convolens.runs.folder.calibration_file import Calibration, read_calibration
from convolens.runs.folder.model_file import TrainedModel
from convolens.runs.folder.run_folder import RunFolder
from convolens.runs.output.places import check_outside, check_writable, make_new_folder
from convolens.runs.output.screen import Screen
from convolens.runs.tasks.probabilities import probabilities

PAGE, HEAT_MAPS, FILTERS, TOP_PHOTOS, FEATURE_MAPS = (
    "explain.html", "heat-maps.png", "filters.png", "top-photos.png", "feature-maps",
)  # fmt: skip
_TOP = 3  # likeliest classes that are named


@dataclass(frozen=True)
class ExplainOptions:
    """What is asked of `explain`.

    Args:
        run: the run folder, or an architecture whose ImageNet weights are installed ("efficientnet-lite0").
        photos: photos, folders (searched through) and glob patterns.
        class_name: whose evidence is shown; None takes each photo's likeliest class.
        methods: keys of `METHODS`; those that a network cannot be explained by are left out, as long as one remains.
        layer: for Grad-CAM, Grad-CAM++ and `top_photos`; None takes the last map before the classifier.
        filters: a layer whose filters are drawn; None takes the first convolution.
        feature_maps: draw what every layer gives; None does where there is one photo.
        top_photos: photos, or folders of them: those on which filter `filter` of `layer` answers most are drawn.
        filter: its number, counted from 0.
        out: a folder that is made; None is RUN/explanations/NAME, of an architecture explanations/NAME, with the next free
            suffix.
        weights: "best" or "last".
    """

    run: Path
    photos: Sequence[str]
    class_name: str | None = None
    methods: tuple[str, ...] = tuple(METHODS)
    layer: str | None = None
    filters: str | None = None
    feature_maps: bool | None = None
    top_photos: str | None = None
    filter: int | None = None
    out: Path | None = None
    weights: str = "best"


@dataclass
class Explained:
    """What was found for one photo.

    Attributes:
        path: of the photo.
        answers: (class name, probability) of the likeliest classes, as `predict` gives them.
        explained: the class whose evidence is shown.
        layer: that Grad-CAM took; None where nothing asked for one.
        completeness_gap: of integrated gradients, as a share of the difference of the scores; None without them.
        files: that were written for it.
        error: why the photo could not be read; None where it could.
    """

    path: Path
    answers: tuple[tuple[str, float], ...] = ()
    explained: str | None = None
    layer: str | None = None
    completeness_gap: float | None = None
    files: list[Path] = field(default_factory=list)
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "path": str(self.path),
            "answers": [{"label": name, "confidence": chance} for name, chance in self.answers],
            "explained": self.explained,
            "layer": self.layer,
            "completeness_gap": self.completeness_gap,
            "files": [str(file) for file in self.files],
            "error": self.error,
        }


@dataclass
class Explanation:
    """What `explain` wrote.

    Attributes:
        folder: of the pictures and the page.
        photos: one entry a photo, in name order.
        files: that speak of all photos: filters, top photos, the page.
    """

    folder: Path
    photos: list[Explained]
    files: list[Path]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "folder": str(self.folder),
            "photos": [photo.as_dict() for photo in self.photos],
            "files": [str(file) for file in self.files],
        }


def explain(options: ExplainOptions, screen: Screen | None = None) -> Explanation:
    """Write pictures and a page that show why a run says what it says of photos.

    A photo that cannot be read gets an entry with the error, and the others go on.

    Args:
        options: see `ExplainOptions`.
        screen: where lines go; None prints them.

    Raises:
        MissingFileError: no such run or photo. ImageError: not one photo can be read. CheckpointError: a damaged run.
        UnknownNameError: no such class, method or layer; the nearest is offered.
        ArgumentError: the folder is taken, the network has no convolution, or its weights are NaN.
        ShapeError: a layer without a map, no such filter. WriteError: the folder cannot be written.
    """
    screen = screen or Screen(quiet=True)
    methods = _checked_methods(options)
    folder = find_answering("explain", options.run)
    photos = find_photos(options.photos)
    further = find_photos([options.top_photos]) if options.top_photos is not None else []
    out = _place(options, folder, photos)
    trained = load_answering("explain", options.run, folder, options.weights, screen)
    number = _class_number(options.class_name, trained)
    explained, images = _read(photos, trained)
    first = trained.preprocessing(images[0][np.newaxis])[0]
    # What is wrong with a name is said before the folder is made.
    if options.layer is None:
        methods, refused = workable(methods, trained.model, first, number)
        for name, reason in refused.items():
            screen.warn(f"{name} is left out: {reason}")
    needed = options.layer is not None or options.filter is not None or bool(NEED_LAYER & set(methods))
    layer = _layer(trained, first, options.layer, number) if needed else None
    convolution = options.filters or _first_convolution(trained, first)
    kernels = filters(trained.model, convolution) if convolution is not None else None
    if layer is not None and layer.places == 1:
        screen.warn(
            f"the map of layer {layer.name!r} is one place, so Grad-CAM cannot tell places apart; train with a larger --size"
        )
    top = None
    if options.filter is not None and layer is not None:
        top = find_top(trained, further, layer, options.filter, screen)
    calibration = None
    if folder is not None:
        calibration = read_calibration(folder, options.weights, screen.warn)
    made = make_new_folder(out)
    shown: list[Shown] = []
    maps = len(photos) == 1 if options.feature_maps is None else options.feature_maps
    with screen.progress("explaining") as advance:
        readable = [item for item in explained if item.error is None]
        for place, (item, pixels) in enumerate(zip(readable, images, strict=True)):
            where = made if len(explained) == 1 else made / f"{place + 1:03d}-{item.path.stem}"

            def done(count: int, before: int = place * len(methods)) -> None:
                advance(before + count, len(readable) * len(methods))

            shown.append(
                _explain_one(
                    item, pixels, trained, calibration, number, methods, options.layer, maps, where, done
                )
            )
    written = []
    page: dict[str, Any] = {}
    if kernels is not None:
        title = f"{convolution}: {len(kernels)} filters of {kernels.shape[1]} x {kernels.shape[2]}"
        page["filters"] = (title, plot_filters(kernels, title, made / FILTERS), made / FILTERS)
        written.append(made / FILTERS)
    if top is not None and layer is not None:
        page["top_photos"] = (
            *draw_top(trained, top, layer, options.filter, made / TOP_PHOTOS),
            made / TOP_PHOTOS,
        )
        written.append(made / TOP_PHOTOS)
    name = trained.name if folder is None else folder.path.resolve().name
    write_explanation(made / PAGE, name, trained, shown, explained, page)
    screen.result(f"{made / PAGE} holds everything")
    return Explanation(made, explained, [*written, made / PAGE])


def _checked_methods(options: ExplainOptions) -> list[str]:
    for name in options.methods:
        one_of("explain", "--method", name, list(METHODS))
    if not options.methods:
        raise ArgumentError(f"explain: --method names none; give one of {', '.join(METHODS)}.")
    if (options.top_photos is None) != (options.filter is None):
        raise ArgumentError(
            "explain: --top-photos DATA and --filter N go together: the photos, and the number of the filter of --layer."
        )
    return list(dict.fromkeys(options.methods))


def _place(options: ExplainOptions, run: RunFolder | None, photos: Sequence[Path]) -> Path:
    """Return the folder to make, checked."""
    if options.out is None:
        name = photos[0].stem if len(photos) == 1 else Path(options.photos[0]).stem
        place = Path("explanations") if run is None else run.path / "explanations"
        out = place / (name if name.strip(".*?[]") else "photos")
    else:
        out = options.out
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ArgumentError(f"explain: {out} is taken; name another folder by --out.")
    check_outside(out, *searched_folders(options.photos), options.top_photos)
    check_writable(out)
    return out


def _class_number(name: str | None, trained: TrainedModel) -> int | None:
    if name is None:
        return None
    numbers = {known: number for number, known in enumerate(trained.class_names)}
    return look_up("explain", "class", Spellings(numbers).find(name) or name, numbers)


def _read(photos: Sequence[Path], trained: TrainedModel) -> tuple[list[Explained], list[np.ndarray]]:
    """Return an entry for each photo, and the pixels of those that can be read."""
    explained, images = [], []
    error: ConvolensError | None = None
    for path in photos:
        try:
            images.append(trained.preprocessing.read(path))
            explained.append(Explained(path))
        except ConvolensError as problem:
            error = problem
            explained.append(Explained(path, error=str(problem).removeprefix(f"{path}: ")))
    if not images and error is not None:
        raise error
    return explained, images


def _layer(trained: TrainedModel, image: np.ndarray, name: str | None, number: int | None) -> LayerCall:
    with ask("explain", trained.model, image, number) as asked:
        return layer_for(asked, name)


def _first_convolution(trained: TrainedModel, image: np.ndarray) -> str | None:
    for call in list_layers(trained.model, image):
        holds = trained.model.module.get_submodule(call.name).parameters(recurse=False)
        if call.convolves and any(item.ndim == 4 for item in holds):
            return call.name
    return None


def _explain_one(
    item: Explained,
    pixels: np.ndarray,
    trained: TrainedModel,
    calibration: Calibration | None,
    number: int | None,
    methods: Sequence[str],
    wanted: str | None,
    maps: bool,
    folder: Path,
    done: Callable[[int], None],
) -> Shown:
    """Write the pictures of one photo, note them in `item`, and return what the page shows."""
    chances = probabilities(trained.model, pixels[np.newaxis], trained.preprocessing)
    chances = (chances if calibration is None else calibration(chances))[0]  # as `predict` says them
    order = np.argsort(-chances, kind="stable")[:_TOP]
    item.answers = tuple((trained.class_names[i], float(chances[i])) for i in order)
    chosen = int(order[0]) if number is None else number
    item.explained = trained.class_names[chosen]
    image = trained.preprocessing(pixels[np.newaxis])[0]
    layer = _layer(trained, image, wanted, chosen) if wanted or NEED_LAYER & set(methods) else None
    item.layer = None if layer is None else layer.name
    found = []
    for name in methods:
        found.append(heat_map(name, trained.model, image, chosen, layer))
        done(len(found))
    item.completeness_gap = next((one.gap for one in found if one.gap is not None), None)
    name, asked, first = (
        shorten(" ".join(text.split()), 40) for text in (item.path.name, item.explained, item.answers[0][0])
    )
    said = f"{name}: what speaks for {asked} ({chances[chosen]:.1%})"
    if chosen != order[0]:
        said += f"\nthe likeliest is {first} ({item.answers[0][1]:.1%})"
    path = folder / HEAT_MAPS
    plot_heat_maps(pixels, [one.picture for one in found], said, path)
    item.files.append(path)
    shown = Shown(item, path, said, [one.words for one in found])
    if maps:
        _draw_feature_maps(shown, trained, image, wanted, folder / FEATURE_MAPS)
    return shown


def _draw_feature_maps(
    shown: Shown, trained: TrainedModel, image: np.ndarray, layer: str | None, folder: Path
) -> None:
    calls, shown.layers_in_all = chosen_layers(trained.model, image, layer)
    for place, found in enumerate(feature_maps(trained.model, image, calls)):
        name, (rows, columns, channels) = found.layer.name, found.layer.map_shape or (0, 0, 0)
        few = f", the {len(found.channels)} strongest" if len(found.channels) < channels else ""
        title = f"{name} ({found.layer.kind}): {channels} maps of {rows} x {columns}{few}"
        path = folder / f"{place + 1:03d}-{name[-80:].replace('/', '_')}.png"
        plot_feature_maps(found, title, path)
        shown.item.files.append(path)
        shown.feature_maps.append((title, path))
