"""The pages that list options say what the fields say."""

import importlib.util
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_pages_are_what_the_fields_say() -> None:
    spec = importlib.util.spec_from_file_location("list_options", DOCS / "list_options.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    for page, text in script.pages().items():
        assert page.read_text(encoding="utf-8") == text, "run `python docs/list_options.py --write`"
