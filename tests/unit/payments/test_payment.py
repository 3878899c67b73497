"""An order's payment ends exactly once: confirmed, expired or cancelled."""

import pytest

from services.payments import domain, process
from services.payments.domain.state import Ended, Paid
from shared.contracts.message import Fact
from shared.kernel.decider import Elapsed
from shared.testing.scenario import given
from tests.unit.payments.examples import (
    DEADLINE_MS,
    IN_TIME_MS,
    PAYMENT,
    PRICE,
    asked,
    cancel,
    cancelled,
    confirmed,
    declined,
    deposited,
    elapsed,
    expired,
    pay,
    retry,
    retry_refused,
)

ENDS = [confirmed(balance=0), expired(), cancelled(), cancelled(by="decline")]


# --- the first try


def test_a_wallet_that_holds_enough_pays_at_once() -> None:
    given(domain, deposited(PRICE + 50)).when(pay()).then(confirmed(balance=50))


def test_a_wallet_may_be_emptied_to_the_last_fen() -> None:
    given(domain, deposited(PRICE)).when(pay()).then(confirmed(balance=0))


def test_a_wallet_that_holds_too_little_declines_and_the_payment_stays_open() -> None:
    world = given(domain, deposited(PRICE - 1)).when(pay()).then(declined(balance=PRICE - 1))
    assert process.due(f"payment/{PAYMENT}", world.states[f"payment/{PAYMENT}"]) == DEADLINE_MS


def test_an_account_that_never_deposited_has_nothing() -> None:
    given(domain).when(pay()).then(declined(balance=0))


def test_with_on_decline_cancel_a_declined_payment_ends_at_once() -> None:
    given(domain).when(pay(on_decline="cancel")).then(
        declined(on_decline="cancel"), cancelled(by="decline")
    )


def test_a_channel_that_nobody_knows_ends_the_payment() -> None:
    given(domain, deposited(PRICE)).when(pay(channel="shells")).then(
        declined(balance=PRICE, code="UNKNOWN_CHANNEL", channel="shells"), cancelled(by="decline")
    )


def test_a_wallet_does_not_pay_in_a_currency_it_does_not_hold() -> None:
    given(domain, deposited(PRICE)).when(pay(currency="USD")).then(
        declined(balance=PRICE, code="UNKNOWN_CHANNEL", currency="USD"), cancelled(by="decline")
    )


@pytest.mark.parametrize("now_ms", [DEADLINE_MS, DEADLINE_MS + 1])
def test_a_payment_asked_for_after_its_deadline_is_not_tried(now_ms: int) -> None:
    given(domain, deposited(PRICE)).when(pay(now_ms)).then(expired())


def test_a_payment_asked_for_just_before_its_deadline_is_tried() -> None:
    given(domain, deposited(PRICE)).when(pay(IN_TIME_MS)).then(confirmed(balance=0))


def test_an_amount_below_nothing_is_a_bug_of_who_asks() -> None:
    with pytest.raises(AssertionError, match="less than nothing"):
        given(domain).when(pay(amount=-1))


# --- further tries


def test_a_further_try_pays_when_the_wallet_was_filled() -> None:
    given(domain, declined(), deposited(PRICE)).when(retry()).then(confirmed(0, "req-1"))


def test_a_further_try_confirms_the_lines_and_reservations_of_the_first() -> None:
    paid = given(domain, declined(), deposited(PRICE)).when(retry()).facts[0]
    assert getattr(paid, "lines", None) == asked().lines


def test_a_further_try_with_too_little_declines_again() -> None:
    given(domain, declined(), deposited(1)).when(retry()).then(declined(1, "req-1"))


def test_each_further_try_has_its_own_answer() -> None:
    given(domain, declined(), declined(0, "req-1"), deposited(PRICE)).when(retry("req-2")).then(
        confirmed(0, "req-2")
    )


def test_a_try_that_was_declined_is_not_tried_again_when_money_has_come() -> None:
    given(domain, declined(), declined(0, "req-1"), deposited(PRICE)).when(retry()).then_nothing()


def test_a_try_after_the_deadline_is_refused_and_leaves_the_payment_to_its_deadline() -> None:
    late = given(domain, declined(), deposited(PRICE)).when(retry(received_ms=DEADLINE_MS))
    world = late.then(retry_refused("PAYMENT_ENDED"))
    assert world.decide(retry("req-2")) == [confirmed(0, "req-2")]
    assert world.decide(elapsed()) == [expired()]


@pytest.mark.parametrize("end", ENDS)
def test_a_try_after_the_end_is_refused(end: Fact) -> None:
    given(domain, declined(), end).when(retry()).then(retry_refused("PAYMENT_ENDED"))


def test_a_try_for_a_payment_that_nobody_asked_for_is_refused_and_remembered() -> None:
    world = given(domain).when(retry()).then(retry_refused("PAYMENT_UNKNOWN"))
    world.fold(declined(), deposited(PRICE))
    assert world.decide(retry()) == []


def test_nobody_pays_or_cancels_the_payment_of_another() -> None:
    refused = retry_refused("PAYMENT_UNKNOWN", account_id="acc-2")
    given(domain, declined()).when(retry(account_id="acc-2")).then(refused)
    given(domain, declined()).when(cancel(account_id="acc-2")).then_nothing()


def test_a_confirmed_try_may_be_repeated_for_ever() -> None:
    given(domain, declined(), deposited(PRICE), confirmed(0, "req-1")).when(retry()).then_nothing()


# --- cancel and deadline


def test_an_open_payment_is_cancelled_by_its_buyer() -> None:
    given(domain, declined()).when(cancel()).then(cancelled())


def test_a_cancel_that_overtakes_its_payment_ends_it_before_it_begins() -> None:
    world = given(domain, deposited(PRICE)).when(cancel()).then(cancelled())
    assert world.decide(pay()) == []


@pytest.mark.parametrize("end", ENDS)
def test_cancel_deadline_and_the_request_itself_change_nothing_after_the_end(end: Fact) -> None:
    ended = given(domain, deposited(PRICE), end)
    for command in (cancel(), elapsed(), pay(), pay(DEADLINE_MS)):
        ended.when(command).then_nothing()


def test_an_open_payment_expires_at_its_deadline() -> None:
    given(domain, declined()).when(elapsed()).then(expired())


def test_a_deadline_that_comes_early_changes_nothing() -> None:
    given(domain, declined()).when(elapsed(IN_TIME_MS)).then_nothing()


def test_a_deadline_of_what_has_none_changes_nothing() -> None:
    given(domain, deposited(1)).when(Elapsed("wallet/acc-1", DEADLINE_MS)).then_nothing()


@pytest.mark.parametrize("end", ENDS)
def test_an_ended_payment_has_no_deadline_and_keeps_nothing(end: Fact) -> None:
    state = given(domain, declined(), end).world.states[f"payment/{PAYMENT}"]
    assert process.due(f"payment/{PAYMENT}", state) is None
    assert isinstance(state, Ended | Paid)


def test_a_first_try_leaves_no_request_behind() -> None:
    world = given(domain, deposited(PRICE)).when(pay()).then(confirmed(0))
    assert set(world.states) == {"wallet/acc-1", "deposit/dep-9850", f"payment/{PAYMENT}"}
