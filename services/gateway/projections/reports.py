"""What audit has signed and what it has found wrong, for its readers at the console (D4)."""

from collections.abc import Sequence
from typing import Any, Final

import psycopg

from shared.contracts.audit import AuditFailed, ReportSigned
from shared.contracts.message import Fact
from shared.shards.views import Landed

from .moments import time_of

FOLLOWED: Final[frozenset[type[Fact]]] = frozenset({ReportSigned, AuditFailed})
REPORT: Final = "insert into audit_report values (%s, %s, %s, %s, %s) on conflict do nothing"
FLAW: Final = "insert into audit_flaw values (%s, %s, %s, %s, %s) on conflict do nothing"


async def project(connection: psycopg.AsyncConnection[Any], landed: Sequence[Landed]) -> None:
    """Apply a batch of audit's facts: one a day, and one for each flaw."""
    for fact, envelope, _ in landed:
        time_ms = time_of(envelope.time)
        if isinstance(fact, ReportSigned):
            said = (fact.report_id, fact.text, fact.key_id, fact.signature, time_ms)
            await connection.execute(REPORT, said)
        elif isinstance(fact, AuditFailed):
            flaw = (fact.coordinates, fact.code, fact.source, fact.detail, time_ms)
            await connection.execute(FLAW, flaw)
