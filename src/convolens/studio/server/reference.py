"""Reference: the page that says what programs can ask of the studio, drawn from its OpenAPI description."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from convolens.studio.server.pages import Page, shown_page
from convolens.studio.shared import Studio, studio_of

router = APIRouter(include_in_schema=False)
PAGE = Page("api", "For programs", "What the pages ask, and any program may.")


@dataclass(frozen=True)
class Operation:
    """A thing that can be asked.

    Attributes:
        method, path: as of HTTP.
        summary: what comes of it.
        query: what the address may give, "run" or "count (optional)".
        body: what is sent: fields of JSON, or "a file".
    """

    method: str
    path: str
    summary: str
    query: tuple[str, ...]
    body: str


@router.get("/api")
def reference(request: Request, studio: Annotated[Studio, Depends(studio_of)]) -> HTMLResponse:
    """Show the page."""
    return shown_page(PAGE, studio, groups=operations(request.app.openapi()))


def operations(description: dict[str, Any]) -> dict[str, list[Operation]]:
    """Return what can be asked, by the part of the studio that answers.

    Args:
        description: OpenAPI's, as `FastAPI.openapi` gives it.
    """
    groups = defaultdict(list)
    schemas = description.get("components", {}).get("schemas", {})
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            query = tuple(
                one["name"] if one["required"] else f"{one['name']} (optional)"
                for one in told.get("parameters", ())
                if one["in"] == "query"
            )
            body = ", ".join(_fields(told.get("requestBody", {}), schemas))
            groups[told["tags"][0]].append(Operation(method.upper(), path, told["description"], query, body))
    return dict(groups)


def _fields(body: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    """Yield the names of the fields that a body of JSON has."""
    for content in body.get("content", {}).values():
        given = content["schema"]
        for one in (given, *given.get("anyOf", ())):
            if "$ref" in one:
                yield from schemas[one["$ref"].rpartition("/")[2]].get("properties", {})
