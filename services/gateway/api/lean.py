"""The order path's short cut: straight to its handler, past routing and the layers around it."""

from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .routes import Route

Tell = Callable[[Request, Any], Coroutine[Any, Any, Response]]


class Lean:
    """ASGI middleware: a route marked lean has no names in its path, so a lookup finds it.

    What a handler raises is told as everywhere else; a bug goes on to whoever tells those.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[Route], told: Mapping[Any, Tell]) -> None:
        self._app, self._told = app, told
        self._raised = tuple(told)
        self._handlers = {(r.method, r.path): r.handler for r in routes if r.lean}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        handler = self._handlers.get((scope.get("method"), scope.get("path")))  # type: ignore[arg-type]  # what is not HTTP has neither
        if handler is None:
            await self._app(scope, receive, send)
            return
        scope["lean"] = True
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except self._raised as error:
            tell = next(tell for cls, tell in self._told.items() if isinstance(error, cls))
            response = await tell(request, error)
        await response(scope, receive, send)
