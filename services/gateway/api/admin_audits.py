"""What audit has signed and found wrong, and who was shown which line's codes (D4)."""

from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.examining import FlawRow, ReportRow, RevealRow
from shared.contracts.envelope import rfc3339

from .asking import door_of, operator
from .bodies import json_answer
from .pages import cursor_of, limit_of, page
from .routes import Route
from .shapes import Shape

NEWEST: Final = "~"
"""After every time as it is written."""
LAST: Final = (2**62, "", 0)


class SignedReport(Shape):
    """A scheduled report, as people read it, and whose signature it has."""

    report_id: str
    """When its period begins."""
    text: str
    key_id: str
    signature: str
    signed_at: str
    verdict: Literal["valid", "invalid", "other_key", "no_key"]
    """no_key: this door was not given audit's public key."""


class SignedReports(Shape):
    """A page of reports, the newest first."""

    items: list[SignedReport]
    next_cursor: str | None


class Flaw(Shape):
    """Something that audit has found wrong, at the record where it shows."""

    coordinates: str
    code: str
    source: str
    detail: str
    found_at: str


class Flaws(Shape):
    """The newest first."""

    items: list[Flaw]
    next_cursor: None = None


class Shown(Shape):
    """A line's codes were shown to whose they are; with `code` they were not."""

    order_id: str
    account_id: str
    line: int
    code: str
    at: str


class ManyShown(Shape):
    """A page of reveals, the newest first."""

    items: list[Shown]
    next_cursor: str | None


async def read_reports(request: Request) -> Response:
    """The reports, and whether each is audit's own."""
    await operator("auditor")(request)
    limit, before = limit_of(request), (cursor_of(request, tuple[str]) or (NEWEST,))[0]
    door = door_of(request)
    rows = await door.examining.reports(before, limit + 1)
    items = [{**_report(row), "verdict": door.audit_key.verdict(*row[:4])} for row in rows]
    return json_answer(page(items, [(row.report_id,) for row in rows], limit))


async def read_flaws(request: Request) -> Response:
    """What audit has found wrong."""
    await operator("auditor")(request)
    rows = await door_of(request).examining.flaws()
    return json_answer({"items": list(map(_flaw, rows)), "next_cursor": None})


async def read_reveals(request: Request) -> Response:
    """Every reveal, and every one that was refused."""
    await operator("auditor")(request)
    limit, before = limit_of(request), cursor_of(request, tuple[int, str, int]) or LAST
    rows = await door_of(request).examining.reveals(before, limit + 1)
    cursors = [(row.time_ms, row.order_id, row.position) for row in rows]
    return json_answer(page(list(map(_shown, rows)), cursors, limit))


def _report(row: ReportRow) -> dict[str, Any]:
    return {
        "report_id": row.report_id, "text": row.text, "key_id": row.key_id,
        "signature": row.signature, "signed_at": rfc3339(row.signed_ms),
    }  # fmt: skip


def _flaw(row: FlawRow) -> dict[str, Any]:
    found = row._asdict()
    found_ms = found.pop("found_ms")
    return {**found, "found_at": rfc3339(found_ms)}


def _shown(row: RevealRow) -> dict[str, Any]:
    return {
        "order_id": row.order_id, "account_id": row.account_id, "line": row.line,
        "code": row.code, "at": rfc3339(row.time_ms),
    }  # fmt: skip


ROUTES: Final = (
    Route("GET", "/v1/admin/audit/reports", read_reports, "审计报告 · Signed reports", "operator",
          answer=SignedReports, query=("limit", "cursor")),
    Route("GET", "/v1/admin/audit/flaws", read_flaws, "审计发现 · What audit has found wrong",
          "operator", answer=Flaws),
    Route("GET", "/v1/admin/audit/reveals", read_reveals, "查看卡密记录 · Who was shown codes",
          "operator", answer=ManyShown, query=("limit", "cursor")),
)  # fmt: skip
