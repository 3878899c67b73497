"""The state machines in the README are the ones that run."""

from pathlib import Path
from typing import Any, Final

from services.orders import domain
from services.orders.domain.refunding import of_dispute
from shared.contracts.message import Fact
from shared.testing.drawing import drawn, walked
from tests.unit.orders import back, screened
from tests.unit.orders import disputes as dispute
from tests.unit.orders import examples as say


class Parking:
    """Orders' rules, as the worker runs them: a word that comes too early moves nothing."""

    keys, evolve = staticmethod(domain.keys), staticmethod(domain.evolve)

    @staticmethod
    def decide(states: Any, command: Any) -> list[Fact]:
        try:
            return domain.decide(states, command)
        except domain.TooEarly:
            return []


README: Final = Path("services/orders/README.md")
DISPUTES_DRAWN: Final = README.with_name("DISPUTES.md")
GIVEN: Final = (*say.to_paid(2), say.line_delivered(1))
FAILED: Final = (*say.to_paid(), back.line_failed(), back.order_failed())
WHOLE: Final[Any] = {"whole": True, "refund_id": "req-9"}
LEFT: Final = back.by_hand(9, (1, 9), whole=True, refund_id=back.refund_id(1))
"""The rest of it, while a part is on its way."""
ORDERS: Final[list[list[Fact]]] = [
    [], [say.placed()], [say.placed(), screened.awaiting()],
    [say.placed(2), say.accepted(2)], [say.placed(), say.accepted()],
    [say.placed(2, allow_partial=True), say.accepted(2)],
    [say.placed(2, allow_partial=True), say.accepted(2), say.line_refused(2)],
    [*say.to_payment()], [*say.to_payment(2)], [*say.to_payment(2), say.line_delivered(1)],
    [*say.to_payment(), say.line_delivered(1)], [*say.to_payment(), back.line_failed()],
    [*say.to_payment(2), back.line_failed(1), say.line_delivered(2)],
    [*say.to_paid()], [*say.to_paid(2)], [*GIVEN], [*say.to_delivered()],
    [*say.COMPLETED], [*FAILED, back.refunding(1, whole=True)],
    [*say.to_delivered(), back.by_hand(back.price(1), (1, back.price(1)), whole=True)],
    [*say.to_delivered(2), back.by_hand(9, (1, 9))], [*say.to_paid(2), back.by_hand(9, (1, 9))],
    [*say.COMPLETED, back.by_hand(9, (1, 9))],
    [*say.to_delivered(), back.by_hand(5, (1, 5)), LEFT],
]  # fmt: skip
COMMANDS: Final[list[Any]] = [
    say.place(), say.place(say.want("gone")), say.cancel(), say.cleared(), say.blocked("r"),
    screened.code_wanted(), screened.held(), say.reserved(1), say.refused(1),
    say.payment_declined(), say.payment_declined("try-1"), say.payment_confirmed(),
    say.payment_confirmed(1, 2), say.payment_expired(), say.payment_cancelled(), back.offered(),
    say.card_delivered(1), say.card_delivered(2), back.failing(1), back.failing(2), say.confirm(),
    say.elapsed(say.STOCK_DEADLINE_MS), say.elapsed(say.COMPLETE_DEADLINE_MS),
    back.refund(1, amount=5), back.refund(), back.issued(back.refund_id(1)), back.issued("req-9"),
]  # fmt: skip


def test_an_order_runs_as_it_is_drawn() -> None:
    (order,) = drawn(README)
    assert walked(Parking(), f"order/{say.ORDER}", ORDERS, COMMANDS) == order


DELIVERED: Final = say.to_delivered()
OPEN: Final = (*DELIVERED, dispute.opened())
OFFERED: Final = (*DELIVERED, dispute.offered())
REPLACING: Final = (*OPEN, dispute.decided("replacement"))
BACK: Final = dispute.repaying(back.price(1), whole=True)
DISPUTES: Final[list[list[Fact]]] = [
    [*DELIVERED], [*OPEN], [*DELIVERED, dispute.opened(wants="refund")],
    [*OPEN, dispute.asked()], [*OFFERED], [*REPLACING], [*REPLACING, dispute.reserved()],
    [*OPEN, dispute.decided("refund"), BACK], [*OPEN, dispute.closed("replaced")],
]  # fmt: skip
OFFER: Final = dispute.offer_id()
DISPUTE_COMMANDS: Final[list[Any]] = [
    dispute.opening(request_id="dispute-2"), dispute.recall(), dispute.recall("d"),
    dispute.asking(), dispute.adding(),
    *(dispute.deciding(outcome, dispute_id=case)
      for outcome in ("replacement", "refund", "rejection") for case in (dispute.CASE, OFFER)),
    *(dispute.choosing(wants, OFFER) for wants in ("replacement", "refund")),
    dispute.stock(), dispute.no_stock(), dispute.sent(), dispute.elapsed(dispute.STOCK_MS),
    dispute.elapsed(dispute.ANSWER_MS), dispute.elapsed(dispute.OFFER_MS),
    back.issued(of_dispute(dispute.CASE)),
]  # fmt: skip


def test_a_dispute_runs_as_it_is_drawn() -> None:
    (found,) = drawn(DISPUTES_DRAWN)
    assert walked(Parking(), dispute.elapsed(0).key, DISPUTES, DISPUTE_COMMANDS) == found
