"""convolens train"""

import sys
import time
from dataclasses import replace
from functools import partial

from convolens.cli.job import train_job
from convolens.cli.with_options import with_options
from convolens.options.output import OutputOptions
from convolens.options.training import TrainOptions


@with_options()
def train(asked: TrainOptions, output: OutputOptions) -> None:
    """Train a classifier on a folder of photos.

    Photos of 64 pixels or more get a network that has learnt from a million others: a first answer after seconds, a better one after
    minutes where there is more to learn. The photos are never copied or moved. Example:

    [bold]convolens train photos --out runs/photos[/bold]

    From scratch: [bold]convolens train photos --from-scratch --epochs 10 --rotation-range 20[/bold]
    """
    began = time.perf_counter()
    from convolens import runs
    from convolens.runs.whole_runs.train import command_line

    work = partial(runs.train, began=began) if asked.kfold is None else runs.kfold
    asked = replace(asked, command=command_line(sys.argv[1:]))
    train_job(lambda screen: work(asked, screen), output)
