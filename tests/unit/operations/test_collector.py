"""Sampled traces at an OTLP collector: what arrives over real HTTP, read by OTLP's own schema."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans

from shared.runtime.tracing import Tracer
from shared.runtime.watching import Watching
from tests.unit.operations.test_telling import SPAN, TRACE, report


class Collector(ThreadingHTTPServer):
    """Keeps what it is sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Taking)
        self.received: list[ResourceSpans] = []
        self.types = set[str]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/traces"


class Taking(BaseHTTPRequestHandler):
    """POST /v1/traces."""

    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.types.add(self.headers["Content-Type"])
        self.server.received += ExportTraceServiceRequest.FromString(body).resource_spans
        self.send_response(200 if self.path == "/v1/traces" else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's name
        """Not into the tests' output."""


@contextmanager
def collecting() -> Iterator[Collector]:
    with Collector() as collector:
        thread = Thread(target=collector.serve_forever, daemon=True)
        thread.start()
        yield collector
        collector.shutdown()
        thread.join()


def test_a_collector_gets_the_step_with_its_trace_its_parent_and_who_did_it() -> None:
    with collecting() as collector:
        tracer = Tracer(collector.url, "orders-1")
        Watching("orders", tracer).turn(report())
        tracer.close()
    (sent,) = collector.received
    who = {each.key: each.value.string_value for each in sent.resource.attributes}
    (span,) = sent.scope_spans[0].spans
    assert collector.types == {"application/x-protobuf"}
    assert (who["service.name"], who["service.instance.id"]) == ("orders", "orders-1")
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, SPAN)
    assert span.name == "orders OrderPlaced"
    assert span.end_time_unix_nano > span.start_time_unix_nano
