"""Money back: whole, in part, to the wallet or to the channel; never more than was paid."""

import pytest

from services.payments import domain, process
from services.payments.domain.state import Return
from services.payments.process import GiveBack
from shared.contracts.message import Fact
from shared.kernel.decider import Effect, Elapsed
from shared.kernel.ids import derive
from shared.testing.scenario import World, given
from tests.unit.payments import at_channels as at
from tests.unit.payments import examples as say
from tests.unit.payments.at_channels import PAID
from tests.unit.payments.examples import ACCOUNT, PAYMENT, PRICE

WALLET_PAID = (say.deposited(PRICE), say.confirmed(0))


def test_what_the_wallet_paid_goes_back_to_the_wallet() -> None:
    given(domain, *WALLET_PAID).when(at.refund()).then(at.issued())


def test_what_a_channel_paid_goes_to_the_wallet_at_once() -> None:
    given(domain, *PAID).when(at.refund()).then(at.issued())


def test_to_its_source_means_the_wallet_where_the_wallet_paid() -> None:
    given(domain, *WALLET_PAID).when(at.refund(to="source")).then(at.issued())


def test_parts_go_back_until_all_is_back_and_not_a_fen_more() -> None:
    world = World(domain).fold(*WALLET_PAID)
    for number, amount in enumerate([1, PRICE - 2, 2, 1, 1]):
        facts = world.decide(at.refund(amount, f"ref-{number}"))
        world.fold(*facts)
    assert world.states[f"wallet/{ACCOUNT}"].balance == PRICE
    refused = at.refund_refused("MORE_THAN_PAID", "ref-9")
    assert world.decide(at.refund(1, "ref-9")) == [refused]


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_or_less_does_not_go_back(amount: int) -> None:
    refused = at.refund_refused("BAD_AMOUNT")
    given(domain, *WALLET_PAID).when(at.refund(amount)).then(refused)


@pytest.mark.parametrize(
    "history", [(), at.TO_PAY, (say.declined(), say.expired()), (say.cancelled(),)]
)
def test_what_was_not_paid_does_not_go_back(history: tuple[Fact, ...]) -> None:
    given(domain, *history).when(at.refund()).then(at.refund_refused("NOT_PAID"))


def test_nobody_is_given_the_money_of_another() -> None:
    facts = given(domain, *WALLET_PAID).when(at.refund(account_id="acc-2")).facts
    assert getattr(facts[0], "code", "") == "NOT_PAID"


def test_a_refund_to_its_channel_is_a_call_under_an_id_of_our_own() -> None:
    world = given(domain, *PAID).when(at.refund(to="source")).then(at.submitted())
    job = Return(
        "ref-1", PAYMENT, "ord-1", ACCOUNT, at.CHARGE, f"their-{at.CHARGE}", "yunfu", PRICE,
        "CNY", "delivery", "NO_SUPPLIER",
    )  # fmt: skip
    call = derive("call", "ref-1", "1")
    effect = process.effect("refund/ref-1", world.states["refund/ref-1"])
    assert effect == Effect(call, "channel", GiveBack(job, call))


def test_it_is_issued_once_the_channel_has_done_it() -> None:
    world = (
        given(domain, *PAID, at.submitted())
        .when(at.refund_answer("DONE"))
        .then(
            at.issued(
                to="channel", balance=0, postings=at.moved(PRICE, "refunding:yunfu", "cash:yunfu")
            )
        )
    )
    assert f"wallet/{ACCOUNT}" in world.states
    assert world.states[f"wallet/{ACCOUNT}"].balance == 0


def test_what_is_on_its_way_counts_as_gone_back() -> None:
    world = World(domain).fold(*PAID, at.submitted())
    refused = at.refund_refused("MORE_THAN_PAID", "ref-2")
    assert world.decide(at.refund(1, "ref-2")) == [refused]


def test_what_the_channel_will_not_have_is_in_the_wallet() -> None:
    answer = at.refund_answer("REFUSED", reason="ACCOUNT_CLOSED")
    issued = at.issued(giver="refunding:yunfu", turned_down="ACCOUNT_CLOSED")
    world = given(domain, *PAID, at.submitted()).when(answer).then(issued)
    refused = at.refund_refused("MORE_THAN_PAID", "ref-2")
    assert world.decide(at.refund(1, "ref-2")) == [refused]


def test_a_currency_that_no_wallet_holds_is_offered_to_its_channel_again() -> None:
    foreign = at.submitted(currency="USD", payment_id=None)
    given(domain, foreign).when(at.refund_answer("REFUSED")).then(at.unsure())


def test_while_nobody_knows_it_goes_nowhere_else_and_is_sent_again_as_the_same() -> None:
    world = World(domain).fold(*PAID, at.submitted())
    for calls, pause_ms in enumerate([10, 20, 40, 40], start=1):
        unsure = at.unsure(calls, pause_ms)
        assert world.decide(at.refund_answer("UNKNOWN", calls)) == [unsure]
        world.fold(unsure)
        assert process.due("refund/ref-1", world.states["refund/ref-1"]) == pause_ms
        assert world.decide(at.refund(to="wallet")) == []
        assert world.decide(Elapsed("refund/ref-1", pause_ms - 1)) == []
        again = at.submitted(calls=calls + 1)
        assert world.decide(Elapsed("refund/ref-1", pause_ms)) == [again]
        world.fold(again)
    assert world.decide(at.refund_answer("REFUSED", 1)) == []
    done = world.decide(at.refund_answer("DONE", 1))
    assert [getattr(fact, "to", "") for fact in done] == ["channel"]
