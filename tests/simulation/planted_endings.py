"""Bugs on purpose, in the endings of an order: money at channels, top-ups, money back, holds."""

from collections.abc import Callable, Collection
from typing import Any, Final

import pytest
from msgspec.structs import replace

from services.delivery.domain import outcomes, topup
from services.delivery.domain.outcomes import Meaning, Verdict
from services.delivery.domain.state import Unsure
from services.inventory.domain import quarantine, reservation
from services.inventory.domain.state import Aside, Stocked
from services.orders import domain as orders
from services.orders.domain import failing, offering, refunding
from services.orders.domain.state import Refunding
from services.payments.domain import charge, notice, payment, receipt, refund
from services.payments.domain.receipt import Told
from services.payments.domain.state import Bill, Closed, Settled
from services.risk.domain import reviewing, verifying
from services.risk.domain.cases import cleared
from services.risk.domain.state import Held
from shared.contracts.message import Fact
from shared.contracts.quarantine import LiftQuarantine
from shared.contracts.refunds import RefundOrder
from shared.kernel import coupons

from .planted import Switch

UNSURE: Final = ("UNKNOWN", "PROCESSING", "TIMED_OUT")


def second_supplier_while_the_first_is_unknown(bugs: pytest.MonkeyPatch) -> None:
    """What a supplier does not know counts as a refusal; the next one is tried."""
    for code in UNSURE:
        refused = Meaning(Verdict.REFUSED, Verdict.REFUSED)
        bugs.setitem(outcomes.MEANINGS, code, refused)


def sent_elsewhere_once_it_was_waited_for(bugs: pytest.MonkeyPatch) -> None:
    """Instead of asking again, another supplier is tried."""
    original = topup.decide_elapsed

    def decide_elapsed(found: Any, command: Any) -> list[Fact]:
        facts = original(found, command)
        if facts and isinstance(found, Unsure):
            return [topup._next(found.job, "SUPPLIERS_REFUSED")]
        return facts

    bugs.setattr(topup, "decide_elapsed", decide_elapsed)


def money_back_while_a_top_up_is_unknown(bugs: pytest.MonkeyPatch) -> None:
    """A supplier that has not answered has not delivered."""
    original = topup._uncertain

    def uncertain(job: Any, verdict: Any, command: Any) -> Fact:
        if command.code == "TIMED_OUT":
            return topup.failed(job, "SUPPLIERS_REFUSED")
        return original(job, verdict, command)

    bugs.setattr(topup, "_uncertain", uncertain)


def another_request_id_at_each_sending(bugs: pytest.MonkeyPatch) -> None:
    """A request that is sent again is another one to its supplier."""
    original = topup._submitted

    def submitted(job: Any, calls: int) -> Fact:
        again = replace(job, request_id=f"{job.request_id}-{calls}") if calls > 1 else job
        return original(again, calls)

    bugs.setattr(topup, "_submitted", submitted)


def a_refund_asked_for_twice_is_two(bugs: pytest.MonkeyPatch) -> None:
    """The same request of a person is not recognised."""
    original = orders.decide

    def decide(states: Any, command: Any) -> list[Fact]:
        if isinstance(command, RefundOrder):
            states = {key: state for key, state in states.items() if "refund/" not in key}
        return original(states, command)

    bugs.setattr(orders, "decide", decide)


def to_the_wallet_while_a_channels_refund_is_unknown(bugs: pytest.MonkeyPatch) -> None:
    """A channel that does not know has not given it back."""

    def uncertain(job: Any, calls: int, command: Any) -> Fact:
        return refund._turned_down(job, calls, 0, command)

    bugs.setattr(refund, "_uncertain", uncertain)


def late_money_is_nobodys(bugs: pytest.MonkeyPatch) -> None:
    """What arrives for a charge that was closed is dropped."""
    original = notice.decide_notice

    def decide_notice(found: Any, *rest: Any) -> list[Fact]:
        return [] if isinstance(found, Closed) else original(found, *rest)

    bugs.setattr(notice, "decide_notice", decide_notice)


def expired_without_a_word_with_the_channel(bugs: pytest.MonkeyPatch) -> None:
    """A payment ends at its deadline; what its channel knows is not asked for."""

    def decide_elapsed(found: Any, command: Any) -> list[Fact]:
        return [] if command.now_ms < found.due_ms else [payment.expired(found)]

    bugs.setattr(payment, "decide_elapsed", decide_elapsed)


def any_sum_will_do(bugs: pytest.MonkeyPatch) -> None:
    """What was paid is not held against what was asked for."""
    original = receipt.received

    def received(bill: Bill, found: Any, balance: int, told: Told) -> list[Fact]:
        right = told._replace(amount=bill.amount, currency=bill.currency)
        return original(bill, found, balance, right)

    bugs.setattr(receipt, "received", received)


def a_repeated_notice_is_money_again(bugs: pytest.MonkeyPatch) -> None:
    """A charge that is paid takes what it is told for news."""
    original = notice.decide_notice

    def decide_notice(found: Any, paying: Any, balance: int, command: Any) -> list[Fact]:
        if isinstance(found, Settled):
            told = Told(command.their_id, command.amount, command.currency, "notice")
            return receipt.received(found.bill, paying, balance, told)
        return original(found, paying, balance, command)

    bugs.setattr(notice, "decide_notice", decide_notice)


def a_channel_that_does_not_know_was_not_paid(bugs: pytest.MonkeyPatch) -> None:
    """UNKNOWN counts as CLOSED, and nobody asks again."""
    original = charge.decide_answer

    def decide_answer(found: Any, paying: Any, balance: int, command: Any) -> list[Fact]:
        if command.code == "UNKNOWN" and hasattr(found, "call_id"):
            return charge._closed(found.bill, paying)
        return original(found, paying, balance, command)

    bugs.setattr(charge, "decide_answer", decide_answer)


def what_nobody_has_looked_at_goes_on(bugs: pytest.MonkeyPatch) -> None:
    """A hold that expires lets its order through."""
    original = reviewing.expired

    def expired(order_id: str, order: Held) -> list[Fact]:
        return [original(order_id, order)[0], cleared(order_id, order.case, "hold")]

    bugs.setattr(reviewing, "expired", expired)


def any_code_will_do(bugs: pytest.MonkeyPatch) -> None:
    """What the buyer types is not compared."""
    bugs.setattr(f"{verifying.__name__}.hmac.compare_digest", lambda *_: True)


def recalled_cards_come_back(bugs: pytest.MonkeyPatch) -> None:
    """What was called back while it was held goes to the next buyer."""
    original: Callable[..., list[Fact]] = reservation.decide_release

    def decide_release(sku: Any, state: Any, recalled: Collection[str], command: Any) -> list[Fact]:
        return original(sku, state, frozenset[str](), command)

    bugs.setattr(reservation, "decide_release", decide_release)


def what_was_used_never_comes_back(bugs: pytest.MonkeyPatch) -> None:
    """An order that fails because of us has used its coupon all the same."""
    for module in (failing, refunding):
        bugs.setattr(module, "not_used", lambda *_, **__: None)


def a_person_s_kindness_is_a_coupon_for_ever(bugs: pytest.MonkeyPatch) -> None:
    """Money that support gives back gives the coupon back too."""
    original = refunding.decide_refund

    def decide_refund(order: Any, command: RefundOrder) -> Any:
        fact = original(order, command)
        if not getattr(fact, "whole", False):
            return fact
        back = refunding.not_used(command.order_id, order, whole=True)
        return fact.model_copy(update={"quotas": back})

    bugs.setattr(refunding, "decide_refund", decide_refund)


def refunded_while_a_part_is_on_its_way(bugs: pytest.MonkeyPatch) -> None:
    """The refund that leaves nothing of an order is taken for its last."""
    bugs.setattr(refunding, "is_last", lambda order: isinstance(order, Refunding))


def a_coupon_that_takes_off_what_it_likes(bugs: pytest.MonkeyPatch) -> None:
    """What a line costs the shop is not looked at."""
    original = coupons.shares

    def shares(coupon: Any, lines: Any, *rest: Any) -> Any:
        return original(coupon, [line._replace(floor=0) for line in lines], *rest)

    bugs.setattr(offering, "shares", shares)


def what_is_bad_for_ever_is_good_again(bugs: pytest.MonkeyPatch) -> None:
    """A quarantine is lifted of a card that was called back meanwhile."""
    original = quarantine.decide

    def decide(states: Any, command: Any) -> list[Fact]:
        key = f"stocked/{command.card_id}"
        found = states.get(key)
        if isinstance(command, LiftQuarantine) and isinstance(found, Stocked) and found.recalled:
            states = {**states, key: Aside(found.sku, "v1.x")}
        return original(states, command)

    bugs.setattr(quarantine, "decide", decide)


def a_quota_without_an_end(bugs: pytest.MonkeyPatch) -> None:
    """Units are held whether there are any or not."""
    bugs.setattr(reservation, "may_hold_units", lambda sku, _: not sku.queued)


ENDING_BUGS: Final[tuple[Switch, ...]] = (
    second_supplier_while_the_first_is_unknown,
    sent_elsewhere_once_it_was_waited_for,
    money_back_while_a_top_up_is_unknown,
    another_request_id_at_each_sending,
    a_refund_asked_for_twice_is_two,
    to_the_wallet_while_a_channels_refund_is_unknown,
    late_money_is_nobodys,
    expired_without_a_word_with_the_channel,
    any_sum_will_do,
    a_repeated_notice_is_money_again,
    a_channel_that_does_not_know_was_not_paid,
    what_nobody_has_looked_at_goes_on,
    any_code_will_do,
    recalled_cards_come_back,
    a_quota_without_an_end,
    what_is_bad_for_ever_is_good_again,
    what_was_used_never_comes_back,
    a_person_s_kindness_is_a_coupon_for_ever,
    refunded_while_a_part_is_on_its_way,
    a_coupon_that_takes_off_what_it_likes,
)
