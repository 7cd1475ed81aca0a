"""The page's HTML holds names as text, and says what its model can."""

import re

import pytest

from convolens.data.decoding.preprocessing import Preprocessing
from convolens.deployment.description import Description
from convolens.deployment.web import page


@pytest.mark.parametrize(
    ("several", "error_rate", "said"),
    [
        (False, None, "always names one of these"),
        (False, 0.05, "of some 5 % of photos of what it knows"),
        (True, None, "may show any number of these"),
    ],
)
def test_names_are_text(tmp_path, monkeypatch, several, error_rate, said):
    monkeypatch.setattr(page, "unpack_runtime", lambda package, folder: folder.mkdir())
    described = Description(
        "a", ("cat", "dog"), Preprocessing((8, 8)), several, None, 1.0, error_rate, "<script>run \udcff", "00", "<b>x & y</b>", "of its <own>"
    )  # fmt: skip
    page.write_page(tmp_path, described, tmp_path / "package.tgz")
    html = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "&lt;script&gt;run ?" in html
    assert "learnt weights: &lt;b&gt;x &amp; y&lt;/b&gt; (of its &lt;own&gt;)." in html
    assert said in html
    assert sorted(re.findall(r'(?:src|href)="([^"]*)"', html)) == [
        "data:,",
        "page.css",
        "page.js",
        "photos.js",
    ]
    assert all((tmp_path / name).is_file() for name in page.FILES)
    assert "http" not in re.sub(r"http-equiv|http\.server", "", html)
