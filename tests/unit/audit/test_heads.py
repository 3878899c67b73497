"""A history made anew, chains and all, contradicts what was signed of the one before it."""

from services.audit.adapters.signing import Signer, Verifier
from services.audit.examination import Examination
from shared.contracts.audit import AuditPassed, CheckpointSigned, RecordCheckpoint
from shared.contracts.orders import CancellationRequested
from shared.replay.finding import Flaw
from tests.unit.replay.logs import Log, Writer

SIGNER = Signer(bytes(range(32)))
STRANGER = Signer(bytes(32))


def fact(number: int, request: str = "r") -> CancellationRequested:
    whose = {"order_id": f"ord-{number}", "account_id": "acc", "payment_id": f"pay-{number}"}
    return CancellationRequested(**whose, request_id=request)


def signed(head: RecordCheckpoint, **changes: object) -> CheckpointSigned:
    return CheckpointSigned.model_validate({**head.model_dump(), **changes})


def flaws(log: Log, *, key: bool = True) -> list[tuple[Flaw, str, int]]:
    examined = Examination(Verifier(SIGNER.public) if key else None)
    examined.feed(log.read())
    examined.finish(now_ms=0, patience_ms=0)
    return [(found.flaw, str(found.where), found.position) for found in examined.findings]


def signed_log(upto: int = 4, signer: Signer = SIGNER) -> tuple[Log, Writer]:
    """Four facts, and the head after them on audit's own log."""
    log, orders, audit = Log(), Writer(0), Writer(0, "audit")
    for number in range(4):
        log.put(orders.source, orders.seal("orders.events", 0, fact(number)))
    head = signer.sign(orders.source, upto, orders.chain)
    log.put(audit.source, audit.seal("audit.events", 0, signed(head)))
    passed = AuditPassed(source=orders.source, position=upto)
    log.put(audit.source, audit.seal("audit.events", 0, passed))
    return log, orders


def forged(request: str = "forged") -> list[str]:
    """The same log with one fact changed, and every chain after it made anew."""
    log, _ = signed_log()
    anew = Writer(0)
    lane = log.lanes["orders.events", 0]
    lane.clear()
    for number in range(4):
        log.put(
            anew.source,
            anew.seal("orders.events", 0, fact(number, request if number == 1 else "r")),
        )
    return [f"{flaw} {where} {position}" for flaw, where, position in flaws(log)]


def test_a_head_that_was_signed_is_found_again() -> None:
    log, _ = signed_log()
    assert flaws(log) == []


def test_a_history_made_anew_contradicts_the_head() -> None:
    assert forged() == ["HEAD audit.events/0/0 4"]
    assert forged(request="r") == []


def test_a_log_that_ends_before_what_was_signed_has_lost_its_end() -> None:
    log, _ = signed_log()
    log.drop("orders.events/0/3")
    assert flaws(log) == [(Flaw.HEAD, "audit.events/0/0", 4)]


def test_a_head_signed_by_somebody_else_counts_for_nothing() -> None:
    log, _ = signed_log(signer=STRANGER)
    assert flaws(log) == [(Flaw.HEAD, "audit.events/0/0", 4)]


def test_without_the_key_heads_are_compared_all_the_same() -> None:
    log, _ = signed_log(signer=STRANGER)
    assert flaws(log, key=False) == []


def test_a_signature_is_of_source_position_and_chain() -> None:
    head = SIGNER.sign("/kameng/orders/0", 4, bytes(32))
    verify = Verifier(SIGNER.public)
    assert verify(signed(head))
    changes: list[dict[str, object]] = [
        {"source": "/kameng/orders/1"}, {"position": 5}, {"chain": "00" * 31 + "01"},
        {"key_id": STRANGER.key_id}, {"signature": "00"}, {"signature": "no hex"},
    ]  # fmt: skip
    for change in changes:
        assert not verify(signed(head, **change))
