"""The state machines in the README are the ones that run."""

from pathlib import Path
from typing import Any, Final

from services.payments import domain
from shared.contracts.message import Fact
from shared.kernel.decider import Elapsed
from shared.testing.drawing import drawn, walked
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say

README: Final = Path("services/payments/README.md")
RICH: Final = say.deposited(say.PRICE)
DECLINED: Final[list[Fact]] = [say.declined()]
CLOSING: Final[list[Fact]] = [*at.TO_PAY, at.closing()]
ENDED: Final[list[list[Fact]]] = [[*at.PAID], [say.expired()], [say.cancelled()]]

PAYMENTS: Final[list[list[Fact]]] = [
    [], [RICH], DECLINED, [*DECLINED, RICH], [*at.TO_CREATION], [*at.TO_PAY], CLOSING,
    [*at.TWICE], [*at.TWICE, at.closing(), at.closing(at.SECOND)], [*CLOSING, at.closed()], *ENDED,
]  # fmt: skip
PAYMENT_COMMANDS: Final[list[Any]] = [
    say.pay(), say.pay(say.DEADLINE_MS), say.pay(channel="yunfu"), say.pay(channel="shells"),
    say.pay(on_decline="cancel"), say.retry(), say.retry(channel="kapay"),
    say.retry(channel="wallet"), say.cancel(), say.elapsed(), say.elapsed(at.EXPIRE_MS),
    at.notice(), at.notice(amount=1), at.answer("REFUSED"), at.answer("PAID"),
    at.asked_again("CLOSED"), at.asked_again("PAID"), at.refund(5), at.refund(5, to="source"),
]  # fmt: skip


def test_a_payment_runs_as_it_is_drawn() -> None:
    payment, _, _ = drawn(README)
    assert walked(domain, f"payment/{say.PAYMENT}", PAYMENTS, PAYMENT_COMMANDS) == payment


CHARGES: Final[list[list[Fact]]] = [
    [], [at.funding()], [at.funding(), at.created(at.FUNDING, about="dep-1")],
    [at.funding(), at.closing(at.FUNDING, about="dep-1", payment_id=None)],
    [at.funding(), at.closing(at.FUNDING, about="dep-1", payment_id=None),
     at.uncertain(at.FUNDING, ask_ms=say.LIMITS.deposit_ms)],
    [at.funding(), at.closed(at.FUNDING, about="dep-1", payment_id=None)],
]  # fmt: skip
CHARGE_COMMANDS: Final[list[Any]] = [
    at.fund(), at.notice(at.FUNDING, "kapay", amount=500), at.elapsed(at.FUNDING, 5_000),
    *(at.answer(code, at.FUNDING) for code in ("CREATED", "REFUSED")),
    *(at.asked_again(code, at.FUNDING, amount=500) for code in ("PAID", "CLOSED", "UNKNOWN")),
]  # fmt: skip


def test_a_charge_runs_as_it_is_drawn() -> None:
    _, charge, _ = drawn(README)
    assert walked(domain, f"charge/{at.FUNDING}", CHARGES, CHARGE_COMMANDS) == charge


REFUNDS: Final[list[list[Fact]]] = [
    [], [*at.PAID], [*at.PAID, at.submitted()], [*at.PAID, at.submitted(), at.unsure()],
]  # fmt: skip
REFUND_COMMANDS: Final[list[Any]] = [
    at.refund(), at.refund(to="source"), at.refund(0), Elapsed("refund/ref-1", 10),
    *(at.refund_answer(code) for code in ("DONE", "REFUSED", "UNKNOWN")),
]  # fmt: skip


def test_a_refund_runs_as_it_is_drawn() -> None:
    _, _, refund = drawn(README)
    assert walked(domain, "refund/ref-1", REFUNDS, REFUND_COMMANDS) == refund
