"""Pages show commands as code, and names of strangers as text."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from convolens import runs
from convolens.runs.report.page import with_code
from images import overlapping


@given(text=st.text("`<>&'\" ab"))
def test_a_text_stays_what_it_is_but_for_its_pairs_of_back_ticks(text):
    shown = str(with_code(text))
    tags = re.findall(r"<[^>]*>", shown)
    assert tags == ["<code>", "</code>"] * (len(tags) // 2)
    assert html.unescape(re.sub(r"</?code>", "`", shown)) == text
    assert not re.search(r"`[^`<]+`", shown)


def test_the_report_shows_commands_as_code_and_a_script_as_a_name(tmp_path):
    data = overlapping(tmp_path / "data", {"<script>": 20, "light": 20}, seed=1)
    options = runs.TrainOptions(data=data, size=8, epochs=1, learning_rate=1e-9, out=tmp_path / "<run>")
    result = runs.train(options)
    findings = " ".join(finding.evidence + finding.next_step for finding in result.outcome.findings)
    commands = re.findall("`(.+?)`", findings)
    assert commands
    page = result.folder.report.read_text(encoding="utf-8")
    for command in commands:
        assert f"<code>{html.escape(command).replace('&#x27;', '&#39;')}</code>" in page
    assert "`" not in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page
