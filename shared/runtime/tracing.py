"""Sampled traces leave the process: as JSON lines into a file, or by OTLP to a collector.

OpenTelemetry's SDK carries them. It is loaded with the first span, so that a process in which
nothing is sampled neither pays for it nor runs its thread.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from shared.shards.tracing import Span
from shared.shards.turn import Report

from . import instruments

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.sdk.trace.export import SpanExporter

NS_PER_S: Final = 1_000_000_000
DELAY_MS: Final = 500
QUEUE_SPANS_MAX: Final = 8_192
"""More than that waiting: the newest are dropped, never the work."""
EXPORT_SPANS_MAX: Final = 512
EXPORT_MS_MAX: Final = 5_000

log = structlog.get_logger()


class Tracer:
    """Exports spans to ``target``: a file's path, an http(s) URL, or nowhere when empty."""

    def __init__(self, target: str, process: str) -> None:
        self.target, self.process = target, process
        self._processor: SpanProcessor | None = None

    def steps(self, service: str, report: Report) -> None:
        """The turn's sampled steps; all of them began and ended with it."""
        instruments.TRACED.labels(service).inc(len(report.spans))
        end_ns = time.time_ns()
        start_ns = end_ns - int((report.turn_s + report.publish_s) * NS_PER_S)
        for span in report.spans:
            names = "+".join(name.split(".")[2] for name in span.facts)
            about: dict[str, str | int] = {
                "kameng.subject": span.subject,
                "kameng.cause": span.cause,
                "kameng.source": span.source,
                "kameng.position": span.position,
                "messaging.system": "kafka",
            }
            self.export(service, f"{service} {names}", span, (start_ns, end_ns), about)

    def export(
        self, service: str, name: str, span: Span, when_ns: tuple[int, int],
        about: Mapping[str, str | int],
    ) -> None:  # fmt: skip
        """One span; dropped where nobody wants any."""
        if not self.target:
            return
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  # only where sampled
        from opentelemetry.sdk.trace import ReadableSpan  # noqa: PLC0415  # only where sampled
        from opentelemetry.trace import (  # noqa: PLC0415  # only where sampled
            SpanContext,
            SpanKind,
            TraceFlags,
        )

        def context(span_id: str) -> SpanContext:
            flags = TraceFlags(TraceFlags.SAMPLED)
            return SpanContext(int(span.trace_id, 16), int(span_id, 16), True, flags)

        resource = Resource({"service.name": service, "service.instance.id": self.process})
        self._started().on_end(
            ReadableSpan(
                name, context(span.span_id),
                parent=context(span.parent_id) if span.parent_id else None,
                resource=resource, attributes=dict(about), start_time=when_ns[0],
                end_time=when_ns[1],
                kind=SpanKind.CONSUMER if span.cause else SpanKind.SERVER,
            )
        )  # fmt: skip

    def close(self) -> None:
        """What waits is exported."""
        if self._processor:
            self._processor.shutdown()
            self._processor = None

    def _started(self) -> "SpanProcessor":
        if self._processor is None:
            from opentelemetry.sdk.trace.export import (  # noqa: PLC0415  # only where sampled
                BatchSpanProcessor,
            )

            self._processor = BatchSpanProcessor(
                _exporter(self.target), max_queue_size=QUEUE_SPANS_MAX,
                schedule_delay_millis=DELAY_MS, max_export_batch_size=EXPORT_SPANS_MAX,
                export_timeout_millis=EXPORT_MS_MAX,
            )  # fmt: skip
        return self._processor


def _exporter(target: str) -> "SpanExporter":
    if target.startswith(("http://", "https://")):
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415  # seldom wanted
            OTLPSpanExporter,
        )

        return OTLPSpanExporter(endpoint=target)
    from .trace_file import TraceFile  # noqa: PLC0415  # only where sampled

    return TraceFile(Path(target))
