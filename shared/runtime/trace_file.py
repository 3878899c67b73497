"""Spans as JSON lines in a file that several processes append to. Imported with the first span."""

from collections.abc import Sequence
from pathlib import Path

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult


class TraceFile(SpanExporter):
    """Opened for each batch, so that it may be moved away at any time."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """All of them in one write; a full disk loses spans, never work."""
        lines = "".join(f"{span.to_json(indent=None)}\n" for span in spans)
        try:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError:
            return SpanExportResult.FAILURE
        return SpanExportResult.SUCCESS
