"""An examination that goes on and on: each thing is told once, and not before it is certain."""

import pytest

from services.audit.examination import Examination, Findings
from services.audit.settings import Settings
from shared.contracts.shard import GapClosed
from tests.unit.audit import story as say
from tests.unit.replay.logs import Log, Writer, expired, whole_log

EXPLAIN_MS = 1_000


def started(log: Log) -> tuple[Examination, Findings]:
    examined = Examination()
    examined.feed(log.read())
    return examined, Findings(examined, EXPLAIN_MS)


def damaged() -> Log:
    log = whole_log()
    log.swap("orders.events/0/3")
    return log


def test_a_flaw_is_told_once_and_after_a_while() -> None:
    _, findings = started(damaged())
    told = [[flaw.code for flaw in findings.flaws(now_ms)] for now_ms in (0, 500, 1_000, 9_000)]
    assert set(told[0]) == {"ORDER_LEGAL"}  # facts of orders that were never placed
    assert told[1:] == [[], ["ORDER"], []]


def test_a_flaw_that_is_explained_meanwhile_is_not_told() -> None:
    examined, findings = started(damaged())
    list(findings.flaws(0))
    where = "orders.events/0/4"
    closed = GapClosed(subject_id="risk/0", source="s", topic="orders.events", coordinates=where)
    examined.incidents.apply(closed)
    assert list(findings.flaws(EXPLAIN_MS)) == []


def test_a_flaw_names_its_record_and_the_source_it_is_about() -> None:
    log = whole_log()
    where = log.append(("orders.events", 3), b"k", b"{}", [("ce_type", None)])
    _, findings = started(log)
    list(findings.flaws(0))
    (flaw,) = [flaw for flaw in findings.flaws(EXPLAIN_MS) if flaw.code == "ENVELOPE"]
    assert (flaw.source, flaw.coordinates) == ("/kameng/orders/3", where)


def test_a_body_that_does_not_fit_is_told_by_its_place_alone() -> None:
    log, writer = Log(), Writer(0)
    sealed = writer.seal("orders.events", 0, expired(1))
    where = log.put(writer.source, sealed._replace(value=b'{"secret":1}'))
    _, findings = started(log)
    misfits = [flaw for flaw in findings.flaws(0) if flaw.code == "BODY"]
    assert [(flaw.coordinates, "secret" in flaw.detail) for flaw in misfits] == [(where, False)]


def test_heads_are_given_out_when_they_have_moved() -> None:
    log = whole_log()
    examined, findings = started(log)
    first = list(findings.heads())
    assert [(name, position) for name, position, _ in first] == [
        ("/kameng/orders/0", 18), ("/kameng/orders/1", 18),
    ]  # fmt: skip
    assert list(findings.heads()) == []
    more, writer = Log(), Writer(5)
    more.put(writer.source, writer.seal("orders.events", 5, expired(1)))
    examined.feed(more.read())
    assert [name for name, _, _ in findings.heads()] == ["/kameng/orders/5"]


def test_audits_own_heads_alone_are_no_reason_to_sign() -> None:
    log, writer = Log(), Writer(0, "audit")
    log.put(writer.source, writer.seal("audit.events", 0, say.deposited()))
    _, findings = started(log)
    assert list(findings.heads()) == []


def test_a_position_that_does_not_come_is_missing_after_a_while() -> None:
    log, writer = Log(), Writer(0)
    sealed = [writer.seal("orders.events", 0, expired(number)) for number in range(3)]
    for each in (sealed[0], sealed[2]):
        log.put(writer.source, each)
    examined, _ = started(log)
    for now_ms in (0, 500):
        examined.expire(now_ms, patience_ms=1_000)
        assert examined.findings == []
    examined.expire(2_000, patience_ms=1_000)
    assert [(str(f.flaw), f.position) for f in examined.findings] == [("GAP", 2)]


def test_the_pace_is_a_setting() -> None:
    assert Settings.load({}).pace.checkpoint_ms == 60_000
    assert Settings.load({"KAMENG_AUDIT_CHECKPOINT_MS": "500"}).pace.checkpoint_ms == 500
    with pytest.raises(ValueError, match="checkpoint_ms"):
        Settings.load({"KAMENG_AUDIT_CHECKPOINT_MS": "soon"})
