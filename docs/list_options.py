"""Write the tables of options in docs/options.md and docs/finetuning.md, from the fields that ask for them.

python docs/list_options.py            # prints them
python docs/list_options.py --write    # writes them
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from convolens.options.fine_tuning import FineTuning
from convolens.options.option import OptionField, options_of
from convolens.options.training import TrainOptions

DOCS = Path(__file__).parent
BEGIN, END = "<!-- made by docs/list_options.py -->\n", "<!-- end -->"


def flat(kind: type) -> Iterator[OptionField]:
    """Yield the options of a class, those of a mapping's parts in its place."""
    for item in options_of(kind):
        yield from (item,) if item.option.parts is None else flat(item.option.parts)


def row(item: OptionField) -> str:
    """Return a line of a table."""
    option, asks = item.option, item.option.kind == "flag"
    flags = ", ".join(f"`{flag}`" for name in item.flags for flag in name.split("/"))
    metavar = f" {option.metavar}" if option.metavar and asks else ""
    shown = option.show_default if isinstance(option.show_default, str) else option.text or item.default
    default = "" if shown is None or isinstance(shown, bool) or not asks else f"`{shown}`"
    cells = (
        f"{flags}{metavar}" if asks else "DATA" if option.kind == "argument" else "",
        f"`{item.name}`",
        " ".join(filter(None, (option.help, option.more))),
        default,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def table(items: Iterable[OptionField]) -> str:
    """Return options as a table in Markdown."""
    return "\n".join(["| flag | field | what it does | default |", "|---|---|---|---|", *map(row, items)])


def by_panel(kind: type) -> str:
    """Return a table a panel, in the order of `--help`; what Python alone asks for comes last."""
    panels: dict[str, list[OptionField]] = {}
    for item in sorted(flat(kind), key=lambda item: item.option.kind == "python"):
        title = "Python only" if item.option.kind == "python" else item.option.panel or "Data"
        panels.setdefault(title, []).append(item)
    return "\n\n".join(f"## {title}\n\n{table(items)}" for title, items in panels.items())


def pages() -> dict[Path, str]:
    """Return the pages with the tables in their places."""
    made = {"options.md": by_panel(TrainOptions), "finetuning.md": table(flat(FineTuning))}
    whole = {}
    for name, text in made.items():
        head, rest = (DOCS / name).read_text(encoding="utf-8").split(BEGIN, 1)
        whole[DOCS / name] = f"{head}{BEGIN}\n{text}\n\n{END}{rest.split(END, 1)[1]}"
    return whole


if __name__ == "__main__":
    for page, text in pages().items():
        if "--write" in sys.argv:
            page.write_text(text, encoding="utf-8")
        else:
            print(text)
