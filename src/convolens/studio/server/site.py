"""Site: the scripts, styles and icons that browsers get: read once, at addresses that change where they do, so that browsers may keep them."""

import hashlib
import posixpath
import re
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from convolens.studio.pictures.versions import KEPT

KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_IMPORT = re.compile(rb'^(?:import|export)\b[^;"]*"(\.[^"]+)";', re.MULTILINE)


@dataclass(frozen=True)
class Site:
    """The files of `site/static`.

    Args:
        contents: of each file, by its path.

    Example:
        >>> site = Site({"pages/a.js": b'import { b } from "../b.js";', "b.js": b"export const b = 1;"})
        >>> site.modules("pages/a.js")
        ('pages/a.js', 'b.js')
    """

    contents: dict[str, bytes]

    @cached_property
    def base(self) -> str:
        """Where the files are found: what they import, and what is named from here, has the same version."""
        known = hashlib.sha256()
        for name, content in sorted(self.contents.items()):
            known.update(b"%s %d\n%s" % (name.encode(), len(content), content))
        return f"/static/{known.hexdigest()[:12]}"

    def modules(self, *names: str) -> tuple[str, ...]:
        """Return modules and all that they import, each once: a browser that is told asks for all at once, not for one after another.

        Args:
            names: paths of the modules that a page begins with.
        """
        found = list(names)
        for name in found:  # which grows under way
            for imported in _IMPORT.findall(self.contents[name]):
                path = posixpath.normpath(posixpath.join(posixpath.dirname(name), imported.decode()))
                if path not in found:
                    found.append(path)
        return tuple(found)

    async def answer(self, request: Request) -> Response:
        """Return a file; one that is asked for by an older address comes too, but is not kept."""
        name = request.path_params["name"]
        content = self.contents.get(name)
        if content is None:
            raise HTTPException(404, f"there is no file {name!r}.")
        kept = self.base == f"/static/{request.path_params['version']}"
        headers = {"cache-control": KEPT if kept else "no-store"}
        return Response(content, media_type=KINDS[posixpath.splitext(name)[1]], headers=headers)


@cache
def site() -> Site:
    """Return the files as they were when the studio began."""
    found: dict[str, bytes] = {}

    def read(folder: Traversable, before: str) -> None:
        for one in folder.iterdir():
            if one.is_dir():
                read(one, f"{before}{one.name}/")
            elif posixpath.splitext(one.name)[1] in KINDS:
                found[before + one.name] = one.read_bytes()

    read(files("convolens.studio") / "site" / "static", "")
    return Site(found)
