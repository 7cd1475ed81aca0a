import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convolens.files.plain_json import parse, write_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@given(value=VALUES)
def test_what_is_written_is_read_again_and_json_itself_agrees(
    tmp_path_factory: pytest.TempPathFactory, value: object
) -> None:
    path = tmp_path_factory.mktemp("json") / "a.json"
    write_json(path, value)
    assert parse(path, "it", path.read_bytes()) == value == json.loads(path.read_text(encoding="utf-8"))


def test_a_value_that_json_has_no_words_for_leaves_the_file_before_and_nothing_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"epoch": 1})
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_json(path, {"epoch": {1, 2}})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
