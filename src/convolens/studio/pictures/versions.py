"""Versions: a text that is another one once a photo has changed, so that browsers may keep a picture of it as it was."""

import hashlib
import os

from convolens.data.caching.content import state_of

KEPT = "private, max-age=31536000, immutable"  # of an answer whose address holds its version, in the header cache-control


def version_of(path: str | os.PathLike[str]) -> str:
    """Return a text for a file as it is now; "" where it is not there.

    Args:
        path: of the file, which is part of it.

    Example:
        >>> len(version_of(os.__file__)), version_of("no/such/file")
        (16, '')
    """
    try:
        state = state_of(os.stat(path))
    except OSError:
        return ""
    known = os.fsencode(path) + b" " + state.encode()
    return hashlib.blake2b(known, digest_size=8).hexdigest()
