"""Errors as answers: one line, and a status that says whose it is."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from convolens.errors import BusyError, ConvolensError, MissingFileError, TooLargeError, WriteError


def answer_errors(app: FastAPI) -> None:
    """Have an app answer each error of ours, of the disk and of what was sent with `{"error": one line}`."""

    @app.exception_handler(ConvolensError)
    def ours(request: Request, error: ConvolensError) -> JSONResponse:
        match error:
            case MissingFileError():
                status = 404
            case BusyError():
                status = 409
            case TooLargeError():
                status = 413
            case WriteError():
                status = 507
            case _:
                status = 400
        return said(str(error), status)

    @app.exception_handler(OSError)
    def of_the_disk(request: Request, error: OSError) -> JSONResponse:
        where = f"{error.filename}: " if error.filename is not None else ""
        return said(f"{where}{error.strerror or error}.", 507)

    @app.exception_handler(RequestValidationError)
    def not_as_asked(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"][1:]) or "what was sent"
        return said(f"{name}: {first['msg']}; it was {str(first.get('input'))[:200]!r}.", 400)

    @app.exception_handler(HTTPException)
    def of_http(request: Request, error: HTTPException) -> JSONResponse:
        return said(str(error.detail), error.status_code)


def said(message: str, status: int) -> JSONResponse:
    """Return an error as an answer, in one line; bytes of names that are no UTF-8 become question marks.

    Example:
        >>> said("no photos\\nhere", 400).body
        b'{"error":"no photos here"}'
    """
    line = " ".join(message.split()).encode("utf-8", "replace").decode()
    return JSONResponse({"error": line}, status)
