"""Versions: a text that is another one once a photo has changed, so that browsers may keep a picture of it as it was."""

import hashlib
import os

KEPT = "private, max-age=31536000, immutable"  # of an answer whose address holds its version, in the header cache-control


def version_of(path: str | os.PathLike[str]) -> str:
    """Return a text for a file as it is now; "" where it is not there.

    Args:
        path: of the file. It is part of it: a file in another folder may have the same size, and be of the same second.

    Example:
        >>> len(version_of(os.__file__)), version_of("no/such/file")
        (16, '')
    """
    try:
        state = os.stat(path)
    except OSError:
        return ""
    known = os.fsencode(path) + b" %d %d" % (state.st_size, state.st_mtime_ns)
    return hashlib.blake2b(known, digest_size=8).hexdigest()
