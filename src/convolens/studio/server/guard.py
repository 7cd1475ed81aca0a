"""Guard: who may ask the studio anything. A page of another site, another name for this machine and whoever lacks the token may not."""

import hmac
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(), geolocation=()",
}


@dataclass(frozen=True)
class Guard:
    """Middleware that lets through who knows the token, asks by a name of this machine, and comes from no other site.

    The token comes once in the address that is opened, `/?token=...`, and then as a cookie of this port that no script reads; programs
    give it as `Authorization: Bearer ...`. A name that leads here from elsewhere (DNS rebinding) is refused by `Host`, and what
    another page sends by `Origin` and `Sec-Fetch-Site`.

    Args:
        app: what is guarded.
        token: that is asked for.
        port: of the server.
        any_host: take any `Host`, where the server listens on an address that has many names; the token alone guards then.
    """

    app: ASGIApp
    token: str
    port: int
    any_host: bool = False

    @property
    def cookie(self) -> str:
        """The name of the cookie; cookies know no ports, so two studios need two."""
        return f"convolens-{self.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope, Headers(scope=scope))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        await (refusal or self.app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Return what is answered instead; None where the request may pass."""
        if not self._is_here(headers.get("host", "")):
            return _refuse(
                "this studio answers to 127.0.0.1 and localhost alone; open the address that it printed.", 421
            )
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return _refuse("a page of another site may not ask this studio anything.", 403)
        safe = scope["method"] in ("GET", "HEAD")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not (
            safe and headers.get("sec-fetch-mode") == "navigate"
        ):
            return _refuse("a page of another site may not ask this studio anything.", 403)
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        if safe and scope["path"] == "/" and given:
            if not self._right(given):
                return _refuse(
                    "this token is of an earlier start; open the address that the studio printed last.", 401
                )
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(self.cookie, self.token, httponly=True, samesite="strict", path="/")
            return answer
        if not self._knows(headers):
            return _refuse(
                "the token is missing; open the address that the studio printed when it started.", 401
            )
        return None

    def _is_here(self, host: str) -> bool:
        if self.any_host:
            return bool(host)
        parts = urlsplit(f"//{host}")
        try:
            return parts.hostname in LOOPBACK and (parts.port or 80) == self.port
        except ValueError:
            return False

    def _knows(self, headers: Headers) -> bool:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer" and self._right(given):
            return True
        try:
            cookies = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return False
        return self.cookie in cookies and self._right(cookies[self.cookie].value)

    def _right(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.token.encode())


def _refuse(why: str, status: int) -> Response:
    return JSONResponse({"error": why}, status)
