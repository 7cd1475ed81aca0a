"""convolens convolve"""

from pathlib import Path
from typing import Annotated, Any

import typer

from convolens.errors import ArgumentError

POOLING = "Pooling"


def convolve(
    source: Annotated[
        str,
        typer.Argument(
            help='An image file, a matrix ("1,2,3;4,5,6"), or a file of numbers (.csv, .txt). Before a matrix that begins with a minus write --.',
            metavar="INPUT",
        ),
    ],
    kernel: Annotated[
        str,
        typer.Option(
            help="sobel-x, sobel-y, scharr-x, prewitt-x, laplacian, edge, sharpen, emboss, box-blur, gaussian-blur, "
            'identity, vertical-edge, horizontal-edge ..., or numbers ("1,0,-1;1,0,-1;1,0,-1"), or a file of numbers.',
        ),
    ],
    stride: Annotated[str, typer.Option(help="Step of the window: one number, or rows,columns.")] = "1",
    padding: Annotated[
        str,
        typer.Option(
            help="valid, same (as in Keras), or rows and columns of zeros: one number, rows,columns, or top,bottom,left,right."
        ),
    ] = "valid",
    dilation: Annotated[
        str, typer.Option(help="From one cell of the kernel to the next: one number, or rows,columns.")
    ] = "1",
    bias: Annotated[float, typer.Option(help="Added to each sum.")] = 0.0,
    activation: Annotated[
        str | None, typer.Option(help="relu, sigmoid, tanh ...; none by default.", show_default=False)
    ] = None,
    flip: Annotated[
        bool, typer.Option("--flip", help="Turn the kernel by 180 degrees first, as signal processing does.")
    ] = False,
    pool: Annotated[
        str | None,
        typer.Option(help="max or average of the feature map.", rich_help_panel=POOLING, show_default=False),
    ] = None,
    pool_size: Annotated[
        str | None,
        typer.Option(help="Its window; 2 by default.", rich_help_panel=POOLING, show_default=False),
    ] = None,
    pool_stride: Annotated[
        str | None,
        typer.Option(help="Its step; by default its window.", rich_help_panel=POOLING, show_default=False),
    ] = None,
    pool_padding: Annotated[
        str | None,
        typer.Option(
            help="valid (the default), same, or numbers.", rich_help_panel=POOLING, show_default=False
        ),
    ] = None,
    size: Annotated[
        str | None,
        typer.Option(help="Scale an image to rows x columns: 120x160.", metavar="RxC", show_default=False),
    ] = None,
    color: Annotated[
        bool | None,
        typer.Option(
            "--color/--gray", help="Red, green and blue, each by itself, or brightness (the default)."
        ),
    ] = None,
    cell: Annotated[
        str | None,
        typer.Option(
            help="Show this cell of the feature map in full, counted from 0.",
            metavar="R,C",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="A new folder for pictures: result.png, steps.gif; a name that is taken gets a suffix.",
            show_default=False,
        ),
    ] = None,
    json_output: Annotated[
        bool, typer.Option("--json", help="Print all of it as JSON; the text goes to standard error.")
    ] = False,
) -> None:
    """Show the arithmetic of one convolution, step by step: windows, products, sums, and the pooling after it.

    Example: [bold]convolens convolve "5,1,3,5;3,4,4,0;6,1,8,6;1,3,5,8" --kernel sobel-x --pool max[/bold]

    A photo: [bold]convolens convolve flower.jpg --kernel sobel-x --size 120x160 --out drawn[/bold]
    """
    asked = {
        "strides": integers(stride, "--stride"),
        "padding": padding_of(padding, "--padding"),
        "dilation": integers(dilation, "--dilation"),
        "pool_size": None if pool_size is None else integers(pool_size, "--pool-size"),
        "pool_strides": None if pool_stride is None else integers(pool_stride, "--pool-stride"),
        "pool_padding": None if pool_padding is None else padding_of(pool_padding, "--pool-padding"),
        "size": None if size is None else _two(size.casefold().replace("x", ","), "--size", "120x160"),
        "cell": None if cell is None else _two(cell, "--cell", "0,3"),
    }
    from convolens import runs

    options = runs.ConvolveOptions(
        source, kernel, bias=bias, activation=activation, flip=flip, pool=pool, color=color, out=out, json=json_output,
        **asked,
    )  # fmt: skip
    runs.convolve(options)


def integers(text: str, option: str) -> Any:
    """Return a whole number, or several with commas as a tuple.

    Raises:
        ArgumentError: something else.

    Example:
        >>> integers("2", "--stride"), integers("2,1", "--stride")
        (2, (2, 1))
    """
    try:
        values = tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ArgumentError(
            f"{option}: expected a whole number, or several with commas; received {text!r}."
        ) from error
    return values[0] if len(values) == 1 else values


def padding_of(text: str, option: str) -> Any:
    """Return "valid" or "same" as it is, or numbers as `integers` does.

    Example:
        >>> padding_of("same", "--padding"), padding_of("0,1,0,1", "--padding")
        ('same', (0, 1, 0, 1))
    """
    return text if text.strip()[:1].isalpha() else integers(text, option)


def _two(text: str, option: str, example: str) -> tuple[int, int]:
    values = integers(text, option)
    if not isinstance(values, tuple) or len(values) != 2:
        raise ArgumentError(f"{option}: expected rows and columns, as in {example}; received {text!r}.")
    return values[0], values[1]
