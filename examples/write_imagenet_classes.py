"""Write ImageNet's class names as torchvision has them, one a line in the order of the outputs; nothing of torchvision is run.

pip download --no-deps torchvision==0.26.0
python examples/write_imagenet_classes.py torchvision-*.whl src/convolens/applications/imagenet_classes.txt
"""

import argparse
import ast
import zipfile
from pathlib import Path

SOURCE = "torchvision/models/_meta.py"
NAME = "_IMAGENET_CATEGORIES"


def read_names(wheel: Path) -> list[str]:
    """Return the names in a wheel of torchvision, its source read as text."""
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read(SOURCE))
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] == [
            NAME
        ]:
            return [str(name) for name in ast.literal_eval(statement.value)]
    raise SystemExit(f"{wheel}: {SOURCE} has no {NAME}; take torchvision 0.26.0.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    given = parser.parse_args()
    names = read_names(given.wheel)
    given.out.write_text("\n".join(names) + "\n", encoding="utf-8")
    print(f"{len(names)} class names in {given.out}")


if __name__ == "__main__":
    main()
