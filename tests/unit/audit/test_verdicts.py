"""What is put on record of the reading: once, and in order."""

from services.audit.app import service
from services.audit.domain import verdicts
from shared.contracts.audit import (
    AuditFailed,
    AuditPassed,
    CheckpointSigned,
    RecordCheckpoint,
    RecordFlaw,
)
from shared.shards.service import Arrival
from shared.testing.scenario import given

SOURCE = "/kameng/orders/0"


def head(position: int) -> RecordCheckpoint:
    return RecordCheckpoint(
        source=SOURCE, position=position, chain="0" * 64, key_id="k", signature="s"
    )


def signed(position: int) -> CheckpointSigned:
    return CheckpointSigned(**head(position).model_dump())


def passed(position: int) -> AuditPassed:
    return AuditPassed(source=SOURCE, position=position)


def flaw(code: str, where: str = "orders.events/0/7") -> RecordFlaw:
    return RecordFlaw(source=SOURCE, coordinates=where, code=code, detail="…")


def failed(code: str, where: str = "orders.events/0/7") -> AuditFailed:
    return AuditFailed(**flaw(code, where).model_dump())


def test_a_head_is_signed_for() -> None:
    given(verdicts).when(head(5)).then(signed(5), passed(5))


def test_heads_only_move_on() -> None:
    given(verdicts, signed(5), passed(5)).when(head(4)).then_nothing()
    given(verdicts, signed(5), passed(5)).when(head(6)).then(signed(6), passed(6))


def test_a_flaw_is_on_record_once() -> None:
    given(verdicts).when(flaw("CHAIN")).then(failed("CHAIN"))
    given(verdicts, failed("CHAIN")).when(flaw("CHAIN", "orders.events/0/8")).then(
        failed("CHAIN", "orders.events/0/8")
    )


def test_a_source_whose_log_is_damaged_is_not_signed_for_any_more() -> None:
    given(verdicts, signed(5), failed("CHAIN")).when(head(9)).then_nothing()


def test_a_law_that_does_not_hold_is_no_damage_of_the_log() -> None:
    given(verdicts, failed("NOTHING_STUCK")).when(head(9)).then(signed(9), passed(9))


def test_commands_are_taken_as_they_are() -> None:
    taken = service().subscriptions["audit.commands"]
    for command in (head(1), flaw("GAP")):
        assert taken[type(command)](command, Arrival(now_ms=0, table={})) == command
