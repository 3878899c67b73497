"""Which orders are traced: one in so many, and the few that their sender asks to be."""

import secrets
import time
from typing import Any, Final, NamedTuple

from shared.runtime.tracing import Tracer
from shared.shards.tracing import Span

from .limits import Limiter, Pace, TooFast

SPAN_BYTES: Final = 8
ASKED: Final = Pace(burst=20, per_s=1)
"""Of one account: what a sender asks for is granted this often, then it is drawn like any other."""
DRAWN_DIGITS: Final = 8


class Begun(NamedTuple):
    """A traced request."""

    span: Span
    start_ns: int

    @property
    def traceparent(self) -> str:
        """Of what it appends."""
        return self.span.traceparent


class Tracing:
    """The first step of a trace; everything that comes of it carries the trace on."""

    def __init__(self, one_in: int = 0, tracer: Tracer | None = None) -> None:
        self._one_in, self._tracer = one_in, tracer
        self._asked = Limiter(ASKED)

    def begin(self, scope: Any, account: str) -> Begun | None:
        """None where this request is not traced, which is the rule."""
        trace_id: str = scope["trace_id"]
        parent_id: str = scope.get("parent_id", "")
        drawn = self._one_in and int(trace_id[-DRAWN_DIGITS:], 16) % self._one_in == 0
        if not drawn and not (parent_id and self._granted(account)):
            return None
        span_id = secrets.token_hex(SPAN_BYTES)
        span = Span(trace_id, span_id, parent_id, "/kameng/gateway/api", "", "", (), 0)
        return Begun(span, time.time_ns())

    def end(self, begun: Begun | None, order_id: str) -> None:
        """Kafka has acknowledged what it appended."""
        if begun and self._tracer:
            when_ns = (begun.start_ns, time.time_ns())
            about: dict[str, str | int] = {"kameng.subject": order_id}
            self._tracer.export("gateway", "POST /v1/orders", begun.span, when_ns, about)

    def _granted(self, account: str) -> bool:
        if self._tracer is None:
            return False
        try:
            self._asked.spend(account, time.monotonic())
        except TooFast:
            return False
        return True
