"""An order paid at a channel, whatever the channel does and in whichever order (C8)."""

from typing import Any

import pytest

from services.payments import domain, process
from services.payments.domain.state import Bill, Ended
from services.payments.process import Close, Create
from shared.contracts.charges import ChargePaid
from shared.contracts.message import Fact
from shared.contracts.payments import PaymentConfirmed, PaymentExpired
from shared.kernel.decider import Effect
from shared.kernel.ids import derive
from shared.testing.scenario import World, given
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say
from tests.unit.payments.at_channels import CHARGE, PAID, SECOND, TO_CREATION, TO_PAY, TWICE
from tests.unit.payments.examples import ACCOUNT, DEADLINE_MS, PAYMENT, PRICE

PAYMENT_KEY = f"payment/{PAYMENT}"
CHARGE_KEY = f"charge/{CHARGE}"


def effect_of(world: World, key: str) -> Effect | None:
    return process.effect(key, world.states[key])


# --- the charge is created


def test_an_order_to_be_paid_at_a_channel_has_a_charge_created_there() -> None:
    world = given(domain).when(say.pay(channel="yunfu")).then(at.opened(), at.charge())
    bill = Bill(
        CHARGE, "ord-1", ACCOUNT, PAYMENT, PAYMENT, "yunfu", "kameng-yf", PRICE, "CNY", DEADLINE_MS
    )
    assert effect_of(world, CHARGE_KEY) == Effect(CHARGE, "channel", Create(bill))
    assert process.due(PAYMENT_KEY, world.states[PAYMENT_KEY]) == DEADLINE_MS


def test_its_page_is_offered_to_the_buyer() -> None:
    world = given(domain, *TO_CREATION).when(at.answer("CREATED")).then(at.created(), at.offered())
    assert effect_of(world, CHARGE_KEY) is None


@pytest.mark.parametrize(
    "changes", [{"channel": "shells"}, {"channel": "yunfu", "currency": "USD"}]
)
def test_a_channel_or_currency_that_we_have_not_ends_the_payment(changes: Any) -> None:
    facts = given(domain).when(say.pay(**changes)).facts
    assert facts[-1] == say.cancelled(by="decline")


def test_a_channel_that_refuses_declines_and_another_may_be_tried() -> None:
    refused = say.declined(code="CHANNEL_REFUSED", channel="yunfu")
    world = (
        given(domain, *TO_CREATION).when(at.answer("REFUSED")).then(at.charge_refused(), refused)
    )
    again = say.retry("req-1", channel="kapay")
    assert world.decide(again) == [at.charge(SECOND, "kapay")]


def test_a_channel_that_refuses_ends_a_payment_that_is_not_to_wait() -> None:
    history = (at.opened(on_decline="cancel"), at.charge())
    declined = say.declined(code="CHANNEL_REFUSED", channel="yunfu", on_decline="cancel")
    given(domain, *history).when(at.answer("REFUSED")).then(
        at.charge_refused(), declined, say.cancelled(by="decline")
    )


def test_a_channel_that_is_down_for_an_hour_is_told_when_it_is_back() -> None:
    """The call is repeated by the engine; the payment expires meanwhile, and nothing is owed."""
    world = given(domain, *TO_CREATION).when(say.elapsed()).then(at.closing())
    hour_ms = DEADLINE_MS + 3_600_000
    assert world.decide(say.elapsed(hour_ms)) == [say.expired()]
    world.fold(say.expired())
    assert world.decide(at.answer("CREATED", now_ms=hour_ms)) == []
    assert world.decide(at.asked_again("CLOSED", now_ms=hour_ms)) == [at.closed()]


# --- it is paid


def test_a_signed_notice_pays_the_order() -> None:
    world = given(domain, *TO_PAY).when(at.notice()).then(at.paid(), at.paid_for())
    assert process.due(PAYMENT_KEY, world.states[PAYMENT_KEY]) is None


def test_a_notice_that_comes_ten_times_at_once_pays_once() -> None:
    world, facts = World(domain).fold(*TO_PAY), list[Fact]()
    for _ in range(10):
        decided = world.decide(at.notice())
        world.fold(*decided)
        facts += decided
    assert [type(fact) for fact in facts] == [ChargePaid, PaymentConfirmed]


def test_a_notice_that_is_replayed_a_day_later_changes_nothing() -> None:
    given(domain, *PAID).when(at.notice(received_ms=DEADLINE_MS + 86_400_000)).then_nothing()


def test_a_notice_that_comes_before_the_answer_to_our_creation_pays() -> None:
    world = given(domain, *TO_CREATION).when(at.notice()).then(at.paid(), at.paid_for())
    assert world.decide(at.answer("CREATED")) == []


@pytest.mark.parametrize(
    ("end", "code"), [(say.expired(), "EXPIRED"), (say.cancelled(), "CANCELLED")]
)
def test_a_late_callback_is_refunded_to_the_wallet(end: Fact, code: str) -> None:
    """Comparable shops keep the money of a dead order (dujiao-next #108, #288)."""
    given(domain, *TO_PAY, at.closing(), at.closed(), end).when(at.notice()).then(
        at.paid(), at.late(code)
    )


def test_money_that_comes_late_is_added_to_what_the_wallet_holds() -> None:
    history = (say.deposited(7), *TO_PAY, say.expired())
    given(domain, *history).when(at.notice()).then(at.paid(), at.late("EXPIRED", balance=PRICE + 7))


# --- not as it was asked for


def test_too_little_is_in_the_wallet_and_the_order_can_still_be_paid() -> None:
    """Comparable shops never compare the amount (kamiFaka)."""
    declined = say.declined(PRICE - 1, code="WRONG_AMOUNT", channel="yunfu")
    world = (
        given(domain, *TO_PAY)
        .when(at.notice(amount=PRICE - 1))
        .then(at.paid(amount=PRICE - 1), at.mismatched("TOO_LITTLE", PRICE - 1), declined)
    )
    world.fold(say.deposited(1, PRICE))
    assert world.decide(say.retry(channel="wallet")) == [say.confirmed(0, "req-1")]


def test_too_much_is_in_the_wallet_and_pays_nothing_by_itself() -> None:
    declined = say.declined(PRICE + 1, code="WRONG_AMOUNT", channel="yunfu")
    given(domain, *TO_PAY).when(at.notice(amount=PRICE + 1)).then(
        at.paid(amount=PRICE + 1), at.mismatched("TOO_MUCH", PRICE + 1), declined
    )


def test_a_wrong_amount_ends_a_payment_that_is_not_to_wait() -> None:
    history = (at.opened(on_decline="cancel"), at.charge())
    facts = given(domain, *history).when(at.notice(amount=1)).facts
    assert facts[-1] == say.cancelled(by="decline")


def test_another_currency_is_no_payment_and_goes_back_to_its_channel() -> None:
    given(domain, *TO_PAY).when(at.notice(currency="USD")).then(
        at.paid(currency="USD"),
        at.mismatched(
            "OTHER_CURRENCY", PRICE, currency="USD", balance=0,
            postings=at.moved(PRICE, "cash:yunfu:USD", "unclaimed:USD"),
        ),
        at.submitted(
            refund_id=(back := derive("refund", CHARGE)), payment_id=None, currency="USD",
            by="payments", reason="OTHER_CURRENCY", call_id=derive("call", back, "1"),
            postings=at.moved(PRICE, "unclaimed:USD", "refunding:yunfu:USD"),
        ),
        say.declined(code="WRONG_CURRENCY", channel="yunfu"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"charge_id": SECOND}, "UNKNOWN_CHARGE"),
        ({"channel": "kapay"}, "OTHER_CHANNEL"),
        ({"merchant": "somebody"}, "OTHER_MERCHANT"),
        ({"their_id": f"their-{SECOND}"}, "OTHER_PAYMENT"),
    ],
)
def test_a_notice_that_does_not_fit_its_charge_pays_nothing(changes: Any, code: str) -> None:
    """Another order's number, another channel's signature: signed, and still not so."""
    command = at.notice(**changes)
    world = given(domain, *TO_PAY).when(command).then(at.notice_refused(command, code))
    assert world.decide(at.notice()) == [at.paid(), at.paid_for()]


def test_another_account_s_charge_is_unknown_to_it() -> None:
    command = at.notice(account_id="acc-2")
    given(domain, *TO_PAY).when(command).then(at.notice_refused(command, "UNKNOWN_CHARGE"))


def test_a_second_notice_with_another_sum_is_a_contradiction() -> None:
    command = at.notice(amount=1)
    given(domain, *PAID).when(command).then(at.notice_refused(command, "CONTRADICTION"))


# --- two ways to pay


def test_a_second_channel_may_be_tried_while_the_first_is_open() -> None:
    world = given(domain, *TO_PAY).when(say.retry(channel="kapay")).then(at.charge(SECOND, "kapay"))
    assert world.decide(say.retry("req-2", channel="kapay")) == [
        say.retry_refused("CHARGE_OPEN", "req-2")
    ]
    assert world.decide(say.retry("req-3", channel="shells")) == [
        say.retry_refused("UNKNOWN_CHANNEL", "req-3")
    ]


def test_what_is_paid_twice_over_two_channels_is_refunded_once() -> None:
    world = (
        given(domain, *TWICE).when(at.notice()).then(at.paid(), at.paid_for(), at.closing(SECOND))
    )
    twice = world.decide(at.notice(SECOND, "kapay"))
    assert twice == [at.paid(SECOND, "kapay"), at.late("PAID_ALREADY", SECOND, "kapay")]


def test_a_wallet_that_pays_closes_the_open_charge() -> None:
    given(domain, say.deposited(PRICE), *TO_PAY).when(say.retry(channel="wallet")).then(
        say.confirmed(0, "req-1"), at.closing()
    )


def test_a_cancelled_payment_closes_its_charge() -> None:
    world = given(domain, *TO_PAY).when(say.cancel()).then(say.cancelled(), at.closing())
    assert world.decide(at.asked_again("CLOSED")) == [at.closed()]
    assert world.decide(at.asked_again("PAID")) == [
        at.paid(told_by="answer"), at.late("CANCELLED")
    ]  # fmt: skip


# --- before it expires the channel is asked


def test_at_the_deadline_the_channel_is_asked_before_the_payment_expires() -> None:
    world = given(domain, *TO_PAY).when(say.elapsed()).then(at.closing())
    call = derive("call", CHARGE, "1")
    asked = effect_of(world, CHARGE_KEY)
    assert asked is not None
    assert (asked.id, type(asked.payload)) == (call, Close)
    assert process.due(PAYMENT_KEY, world.states[PAYMENT_KEY]) == at.EXPIRE_MS


def test_a_lost_callback_is_found_by_asking_and_pays_the_order() -> None:
    given(domain, *TO_PAY, at.closing()).when(at.asked_again("PAID")).then(
        at.paid(told_by="answer"), at.paid_for()
    )


def test_what_nobody_paid_is_closed_and_the_payment_expires() -> None:
    given(domain, *TO_PAY, at.closing()).when(at.asked_again("CLOSED")).then(
        at.closed(), say.expired()
    )


def test_a_payment_expires_with_the_last_of_its_charges() -> None:
    history = (*TWICE, at.closing(), at.closing(SECOND))
    world = given(domain, *history).when(at.asked_again("CLOSED")).then(at.closed())
    last = world.decide(at.asked_again("CLOSED", SECOND))
    assert last == [at.closed(SECOND), say.expired()]


def test_a_channel_that_does_not_know_is_asked_again_with_growing_pauses() -> None:
    world = World(domain).fold(*TO_PAY, at.closing())
    for calls, pause_ms in enumerate([10, 20, 40, 40], start=1):
        unsure = at.uncertain(calls=calls, ask_ms=DEADLINE_MS + pause_ms)
        assert world.decide(at.asked_again("UNKNOWN", calls=calls)) == [unsure]
        world.fold(unsure)
        assert world.decide(at.elapsed(CHARGE, unsure.ask_ms - 1)) == []
        assert world.decide(at.elapsed(CHARGE, unsure.ask_ms)) == [at.closing(calls=calls + 1)]
        world.fold(at.closing(calls=calls + 1))


def test_a_payment_does_not_wait_for_a_silent_channel_for_ever() -> None:
    world = given(domain, *TO_PAY, at.closing()).when(say.elapsed(at.EXPIRE_MS)).then(say.expired())
    assert world.states[PAYMENT_KEY] == Ended()
    found = world.decide(at.asked_again("PAID"))
    assert found == [at.paid(told_by="answer"), at.late("EXPIRED")]


def test_an_answer_to_an_earlier_question_counts_only_where_it_says_paid() -> None:
    world = World(domain).fold(*TO_PAY, at.closing(), at.uncertain(), at.closing(calls=2))
    assert world.decide(at.asked_again("CLOSED")) == []
    assert world.decide(at.asked_again("UNKNOWN")) == []
    assert PaymentConfirmed in map(type, world.decide(at.asked_again("PAID")))


def test_a_payment_without_an_open_charge_expires_at_its_deadline() -> None:
    history = (*TO_CREATION, at.charge_refused(), say.declined(code="CHANNEL_REFUSED"))
    facts = given(domain, *history).when(say.elapsed()).facts
    assert [type(fact) for fact in facts] == [PaymentExpired]
