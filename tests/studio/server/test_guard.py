"""Who may ask the studio: whoever knows the token, by a name of this machine, from no other site."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from convolens.studio.server.site import site

REFUSED = [
    ({"Authorization": ""}, 401, "the token is missing; open the address that the studio printed when it started."),
    ({"Authorization": "Bearer wrong"}, 401, "the token is missing; open the address that the studio printed when it started."),
    ({"Authorization": "", "Cookie": "convolens-1=x; ="}, 401, "the token is missing; open the address that the studio printed when it started."),
    ({"Host": "evil.example"}, 421, "this studio answers to 127.0.0.1 and localhost alone; open the address that it printed."),
    ({"Host": "127.0.0.1:1"}, 421, "this studio answers to 127.0.0.1 and localhost alone; open the address that it printed."),
    ({"Host": "127.0.0.1:x"}, 421, "this studio answers to 127.0.0.1 and localhost alone; open the address that it printed."),
    ({"Origin": "http://evil.example"}, 403, "a page of another site may not ask this studio anything."),
    ({"Origin": "null"}, 403, "a page of another site may not ask this studio anything."),
    ({"Sec-Fetch-Site": "cross-site"}, 403, "a page of another site may not ask this studio anything."),
    ({"Sec-Fetch-Site": "same-site"}, 403, "a page of another site may not ask this studio anything."),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "status", "error"), REFUSED)
@pytest.mark.parametrize(
    "path", ["/", "/api/runs", f"{site().base}/studio.css", "/api/openapi.json", "/not/there"]
)
def test_strangers_are_refused(
    serve: Callable[..., Any], tmp_path: Path, headers: dict[str, str], status: int, error: str, path: str
) -> None:
    served = serve(None, tmp_path)
    assert served.ask(path, **headers) == (status, {"error": error})


def test_a_token_of_another_start_is_told(serve: Callable[..., Any], tmp_path: Path) -> None:
    status, said = serve(None, tmp_path).ask("/?token=old", Authorization="")
    assert (status, said["error"]) == (
        401,
        "this token is of an earlier start; open the address that the studio printed last.",
    )


def test_a_browser_gets_a_cookie_that_no_script_reads(
    serve: Callable[..., Any], tmp_path: Path, visit: Any
) -> None:
    served = serve(None, tmp_path)
    page = visit(served)
    assert page.url == served.address + "/"  # the token is gone from the address
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    assert page.evaluate("document.cookie") == ""


def test_every_answer_has_a_strict_policy(serve: Callable[..., Any], tmp_path: Path, visit: Any) -> None:
    page = visit(serve(None, tmp_path))
    headers = page.request.get(page.url).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


def test_programs_may_ask_with_the_token(serve: Callable[..., Any], tmp_path: Path) -> None:
    served = serve(None, tmp_path)
    assert served.ask("/api/runs") == (200, {"folder": str(tmp_path / "runs"), "runs": []})
    assert "/api/runs" in served.ask("/api/openapi.json")[1]["paths"]
