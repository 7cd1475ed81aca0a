"""Waiting for what is to be seen on a page whose policy forbids Playwright's own `wait_for_function`, which evaluates texts."""

import time
from typing import Any

import pytest


def until(page: Any, script: str, arg: Any = None, seconds: float = 60) -> None:
    """Wait until a script, an expression or a function of `arg`, gives something true on a page."""
    end = time.monotonic() + seconds
    while not page.evaluate(script, arg):
        if time.monotonic() > end:
            pytest.fail(f"{page.url}: not so after {seconds:g} s: {script} ({arg!r})")
        page.wait_for_timeout(20)
