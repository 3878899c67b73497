"""A top-up from payment to proof, or to a certain no (C6)."""

import pytest

from services.delivery import domain, process
from services.delivery.domain.state import GivenUp, Paid, ToppedUp
from services.delivery.process import TOPUP, Call
from shared.contracts.delivery import ResolveTopUp
from shared.contracts.message import Fact
from shared.testing.scenario import World, given
from tests.unit.delivery import examples as say

FIRST_PAUSE_MS = say.LIMITS.ask_pause_ms_min
FIRST_ASK_MS = say.NOON_MS + FIRST_PAUSE_MS
PAID = [say.topup_prepared(), say.submitted()]
UNSURE = [*PAID, say.uncertain("TIMED_OUT", FIRST_ASK_MS)]


def test_a_paid_top_up_goes_to_its_first_supplier() -> None:
    given(domain, say.topup_prepared()).when(say.topup_deliver()).then(say.submitted())


def test_a_payment_that_comes_first_awaits_the_units() -> None:
    world = given(domain).when(say.topup_deliver()).then(say.topup_awaited(1))
    assert world.decide(say.topup_prepare()) == [say.topup_prepared(), say.submitted()]


def test_cards_and_top_ups_of_one_order_go_out_side_by_side() -> None:
    history = [say.prepared(1), say.topup_prepared(2)]
    both = say.deliver(lines=(say.hold(1), say.topup_hold(2)))
    given(domain, *history).when(both).then(say.delivered(1), say.submitted("a", 2))


def test_the_supplier_is_called_under_one_request_id_once_the_fact_is_there() -> None:
    world = World(domain).fold(*PAID)
    effect = process.effect("topup/res-1", world.states["topup/res-1"])
    assert effect is not None
    call = effect.payload
    assert isinstance(call, Call)
    assert (effect.kind, call.verb, call.job.request_id) == (
        TOPUP, "submit", say.submitted().request_id,
    )  # fmt: skip
    assert effect.id == say.submitted().call_id


def test_the_proof_delivers_the_line() -> None:
    world = given(domain, *PAID).when(say.answer("DONE")).then(say.confirmed())
    assert world.states["topup/res-1"] == ToppedUp()
    order = world.states["order/ord-1"]
    assert isinstance(order, Paid)
    assert [line.line for line in order.delivered] == [1]


def test_a_delivered_top_up_is_shown_to_its_owner_without_a_card() -> None:
    world = World(domain).fold(*PAID, say.confirmed())
    assert world.decide(say.reveal()) == [say.revealed(card_ids=())]
    assert world.decide(say.reveal(account_id="acc-2"))[0] != say.revealed(card_ids=())


def test_a_top_up_under_way_is_not_shown() -> None:
    refused = say.reveal_refused("NOT_DELIVERED")
    given(domain, *UNSURE).when(say.reveal()).then(refused)


@pytest.mark.parametrize("command", [say.topup_deliver(), say.topup_prepare(), say.forget(1)])
@pytest.mark.parametrize("history", [PAID, UNSURE, [*PAID, say.confirmed()]])
def test_nothing_that_is_repeated_tops_up_again(history: list[Fact], command: object) -> None:
    given(domain, *history).when(command).then_nothing()


def test_silence_is_not_an_answer_and_is_asked_about() -> None:
    unsure = say.uncertain("TIMED_OUT", FIRST_ASK_MS)
    world = given(domain, *PAID).when(say.answer("TIMED_OUT")).then(unsure)
    state = world.states["topup/res-1"]
    assert (process.due("topup/res-1", state), process.effect("topup/res-1", state)) == (
        FIRST_ASK_MS, None,
    )  # fmt: skip
    given(domain, *UNSURE).when(say.elapsed(FIRST_ASK_MS)).then(say.queried())
    given(domain, *UNSURE).when(say.elapsed(FIRST_ASK_MS - 1)).then_nothing()


def test_each_pause_is_twice_the_one_before_up_to_the_longest() -> None:
    limits = say.LIMITS
    pauses = [limits.pause_ms(asks) for asks in range(200)]
    assert pauses[:4] == [5_000, 10_000, 20_000, 40_000]
    assert pauses[-1] == max(pauses) == limits.ask_pause_ms_max
    assert pauses == sorted(pauses)


def test_after_so_long_it_is_asked_no_more_and_a_person_has_to_take_it() -> None:
    late = say.NOON_MS + say.LIMITS.uncertain_ms_max
    world = given(domain, *PAID).when(say.answer("UNKNOWN", now_ms=late))
    then = world.then(say.uncertain("UNKNOWN", None))
    assert process.due("topup/res-1", then.states["topup/res-1"]) is None


def test_a_request_that_never_arrived_is_sent_again_as_the_same_request() -> None:
    asked = [*UNSURE, say.queried()]
    now_ms, pause_ms = FIRST_ASK_MS, say.LIMITS.pause_ms(1)
    again = say.uncertain("NO_SUCH_ORDER", now_ms + pause_ms, asks=1, again="submit")
    answer = say.answer("NO_SUCH_ORDER", verb="ask", now_ms=now_ms)
    world = given(domain, *asked).when(answer).then(again)
    second = say.submitted(calls=2)
    assert world.decide(say.elapsed(now_ms + pause_ms)) == [second]
    assert (second.request_id, second.supplier) == (say.submitted().request_id, "a")
    assert second.call_id != say.submitted().call_id


def test_the_second_supplier_comes_after_a_certain_refusal_by_the_first() -> None:
    world = given(domain, *PAID).when(say.answer("OUT_OF_STOCK"))
    then = world.then(say.refused("OUT_OF_STOCK"), say.submitted("b"))
    assert then.decide(say.answer("DONE", "b")) == [say.confirmed(supplier="b")]


def test_when_all_have_refused_the_money_goes_back() -> None:
    history = [*PAID, say.refused("FAILED"), say.submitted("b")]
    world = given(domain, *history).when(say.answer("FAILED", "b"))
    then = world.then(say.refused("FAILED", "b"), say.topup_failed("SUPPLIERS_REFUSED"))
    requests = (say.submitted("a").request_id, say.submitted("b").request_id)
    assert then.states["topup/res-1"] == GivenUp("acc-1", 1, requests)


def test_a_target_that_nobody_can_top_up_is_not_tried_elsewhere() -> None:
    expected = (say.refused("WRONG_ACCOUNT"), say.topup_failed("WRONG_ACCOUNT"))
    given(domain, *PAID).when(say.answer("WRONG_ACCOUNT")).then(*expected)


def test_what_no_supplier_sells_fails_at_once_and_the_rest_is_delivered() -> None:
    history = [say.prepared(1), say.topup_prepared(5)]
    paid = say.deliver(lines=(say.hold(1), say.topup_hold(5)))
    world = given(domain, *history).when(paid)
    world.then(say.delivered(1), say.topup_failed("NO_SUPPLIER", 5))


def test_units_without_a_target_fail_aloud() -> None:
    paid = say.deliver(1)
    given(domain, say.topup_prepared(1)).when(paid).then(
        say.failed(1).model_copy(update={"code": "NOTHING_HELD"})
    )


def test_one_line_s_failure_leaves_the_others_on_their_way() -> None:
    history = [say.topup_prepared(1), say.topup_awaited(2), say.submitted("b")]
    world = given(domain, *history).when(say.answer("FAILED", "b")).repeated()
    assert world.decide(say.topup_prepare(2))[-1] == say.submitted("a", 2)


def test_a_late_word_of_an_earlier_call_counts_only_as_a_proof() -> None:
    history = [*UNSURE, say.queried()]
    given(domain, *history).when(say.answer("FAILED")).then_nothing()
    given(domain, *history).when(say.answer("DONE")).then(say.confirmed())


def test_another_request_s_answer_is_not_this_one_s() -> None:
    given(domain, *PAID).when(say.answer("DONE", "b")).then_nothing()
    given(domain).when(say.answer("DONE")).then_nothing()


def test_a_person_who_has_proof_delivers_it() -> None:
    world = given(domain, *UNSURE).when(say.resolve("delivered", receipt="by phone"))
    world.then(say.resolved("delivered"), say.confirmed("by phone"))


def test_a_person_who_is_certain_gives_the_money_back_and_nobody_else_is_tried() -> None:
    expected = (
        say.resolved(), say.refused("RESOLVED_FAILED"), say.topup_failed("RESOLVED_FAILED"),
    )  # fmt: skip
    given(domain, *UNSURE).when(say.resolve()).then(*expected)


def test_a_persons_word_of_one_supplier_says_nothing_of_the_next() -> None:
    """While they telephoned the first one refused after all: the money stays while nobody knows."""
    with_the_next = [*UNSURE, say.refused("FAILED"), say.submitted("b")]
    (refused,) = World(domain).fold(*with_the_next).decide(say.resolve(supplier="a"))
    assert refused.model_dump()["code"] == "NOT_OPEN"
    given(domain, *with_the_next).when(say.resolve(supplier="a")).repeated()
    world = World(domain).fold(*with_the_next)
    assert len(world.decide(say.resolve(supplier="b"))) == len(("resolved", "refused", "failed"))


def test_a_person_may_have_it_asked_at_once_even_after_the_limit() -> None:
    history = [*PAID, say.uncertain("UNKNOWN", None)]
    expected = (say.resolved("ask"), say.queried())
    given(domain, *history).when(say.resolve("ask")).then(*expected)


@pytest.mark.parametrize(
    ("history", "command", "code"),
    [
        ([], say.resolve(), "UNKNOWN_TOPUP"),
        ([say.prepared(1)], say.resolve(), "UNKNOWN_TOPUP"),
        ([*PAID, say.confirmed()], say.resolve(), "NOT_OPEN"),
        (UNSURE, say.resolve(account_id="acc-2"), "NOT_OPEN"),
        (UNSURE, say.resolve("delivered"), "RECEIPT_REQUIRED"),
    ],
)
def test_there_is_nothing_to_resolve_where_nothing_is_open(
    history: list[Fact], command: ResolveTopUp, code: str
) -> None:
    (refused,) = World(domain).fold(*history).decide(command)
    assert refused.model_dump()["code"] == code
    given(domain, *history).when(command).repeated()


def test_a_proof_after_it_was_given_up_is_said_aloud_once() -> None:
    history = [*UNSURE, say.resolved(), say.refused("RESOLVED_FAILED")]
    failed = say.topup_failed("RESOLVED_FAILED")
    world = given(domain, *history, failed).when(say.answer("DONE")).then(say.contradicted())
    assert world.decide(say.answer("DONE", receipt="R-2")) == []
    given(domain, *history, failed).when(say.answer("FAILED")).then_nothing()


def test_an_ended_order_is_not_topped_up() -> None:
    history = [say.topup_prepared(1), say.forgotten(1)]
    failed = say.topup_failed("ORDER_ENDED")
    given(domain, *history).when(say.topup_deliver()).then(failed)
