"""A page to give away: a run in a browser, on a computer without Python or a network.

Example:
    >>> VERSION.count(".")
    2
"""

from convolens.deployment.web.page import write_page
from convolens.deployment.web.runtime import VERSION, fetch_runtime

__all__ = ["VERSION", "fetch_runtime", "write_page"]
