"""Webhook endpoints: told in order, retried for hours, given up, replayed (F4)."""

import json
import random
from typing import Any

import pytest

from services.gateway import domain
from services.gateway.domain.webhook_limits import (
    FAILING_MS_MAX,
    HOUR_MS,
    PAUSES_MS,
    WAITING_MAX,
)
from services.gateway.domain.webhooks import of, of_message
from shared.contracts.orders import LineDelivered
from shared.contracts.refunds import OrderRefunded
from shared.contracts.webhooks import (
    JudgeWebhook,
    ReplayWebhook,
    WebhookDelivered,
    WebhookDisabled,
    WebhookExhausted,
    WebhookFailed,
    WebhookQueued,
    WebhookRefused,
    WebhookRetried,
)
from shared.testing.scenario import given
from tests.unit.gateway.webhook_words import (
    ABOUT,
    NOW_MS,
    SET,
    VERIFIED,
    WAS_SET,
    Walk,
    completed,
    message,
    paid,
)

REPLAY = ReplayWebhook(**ABOUT, request_id="r-9", message=message(paid("o-1")), by="acc-1")
BAR = JudgeWebhook(**ABOUT, request_id="r-8", barred=True, reason="abuse", by="li")


def test_messages_are_sent_one_at_a_time_in_the_order_of_what_happened() -> None:
    walk = Walk()
    wanted = [message(moved).message_id for moved in (paid("o-1"), paid("o-2"), completed("o-1"))]
    for moved in (paid("o-1"), paid("o-2"), completed("o-1")):
        walk.do(moved)
    sent = []
    while walk.call():
        sent.append(walk.call().payload.message_id)
        walk.answer()
    assert sent == wanted
    assert walk.state.waiting == 0
    assert walk.state.current is None


@pytest.mark.parametrize("seed", range(30))
def test_whatever_happens_nothing_overtakes_and_nothing_is_lost(seed: int) -> None:
    dice, walk = random.Random(seed), Walk()
    queued: list[str] = []
    ended: list[str] = []
    for number in range(120):
        if dice.random() < 0.4:
            queued += [f.message.message_id for f in walk.do(paid(f"o-{number}"))]
        elif walk.due() is not None:
            walk.wait()
        elif walk.call():
            facts = walk.fail() if dice.random() < 0.3 else walk.answer()
            ended += [
                fact.message_id
                for fact in facts
                if isinstance(fact, WebhookDelivered | WebhookExhausted)
            ]
    while walk.call() or walk.due():
        if walk.due():
            walk.wait()
        ended += [fact.message_id for fact in walk.answer()]
    assert ended == queued
    assert len(queued) == len(set(queued)) > 20


def test_a_failed_try_is_repeated_under_the_same_id_after_growing_pauses_until_it_is_given_up() -> (
    None
):
    walk = Walk()
    walk.do(paid("o-1"))
    walk.do(paid("o-2"))
    calls, pauses = set(), []
    for _ in PAUSES_MS:
        call = walk.call()
        assert call
        assert call.payload.message_id == message(paid("o-1")).message_id
        calls.add(call.id)
        failed: Any = walk.fail()[0]
        assert isinstance(failed, WebhookFailed)
        assert walk.call() is None, "nothing is sent in the pause, the next message neither"
        pauses.append(failed.retry_ms - walk.now_ms)
        assert [type(fact) for fact in walk.wait()] == [WebhookRetried]
    assert pauses == list(PAUSES_MS) == sorted(pauses)
    assert sum(pauses) > 72 * HOUR_MS
    last: Any = walk.fail()[0]
    assert isinstance(last, WebhookExhausted)
    assert last.tries == len(PAUSES_MS) + 1
    assert walk.call()
    assert walk.call().payload.message_id == message(paid("o-2")).message_id
    assert len(calls) == len(PAUSES_MS)


def test_an_endpoint_at_which_nothing_arrives_for_days_is_disabled_and_keeps_its_messages() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    walk.do(paid("o-2"))
    facts: list[Any] = []
    while not any(isinstance(fact, WebhookDisabled) for fact in facts):
        facts = walk.wait() if walk.due() else walk.fail()
    assert facts[-1] == WebhookDisabled(**ABOUT, code="FAILING")
    assert walk.now_ms - NOW_MS >= FAILING_MS_MAX
    assert walk.call() is None
    assert walk.due() is None
    assert walk.do(paid("o-3")) == []
    walk.do(SET.model_copy(update={"request_id": "r-3"}))
    assert walk.call()
    assert walk.call().payload.message_id == message(paid("o-2")).message_id


def test_410_means_that_nothing_more_is_wanted() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    assert walk.fail(status=410)[-1] == WebhookDisabled(**ABOUT, code="GONE")


def test_one_success_forgets_that_the_endpoint_was_failing() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    walk.fail()
    walk.wait()
    walk.answer()
    assert walk.state.failing_ms == 0
    assert walk.state.tries == 0


def test_an_endpoint_with_too_many_messages_waiting_is_disabled_with_a_fact_that_says_so() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    full = walk.world.states[of("e-1")]
    walk.world.states[of("e-1")] = type(full)(
        **{f: getattr(full, f) for f in full.__struct_fields__} | {"waiting": WAITING_MAX}
    )
    assert walk.do(paid("o-2")) == [WebhookDisabled(**ABOUT, code="QUEUE_FULL")]
    assert walk.do(paid("o-3")) == []


def test_a_late_word_about_an_earlier_call_changes_nothing() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    early = walk.call()
    assert early
    walk.fail()
    walk.wait()
    answered = domain.WebhookAnswered("acc-1", "e-1", early.id, "OK", 200, 1, NOW_MS)
    assert walk.do(answered) == []


def test_a_replay_has_the_same_id_and_waits_its_turn() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    walk.answer()
    walk.do(paid("o-2"))
    queued: list[Any] = walk.do(REPLAY)
    assert queued[0].after == message(paid("o-2")).message_id
    assert queued[0].by == "acc-1"
    walk.answer()
    assert walk.call()
    assert walk.call().payload.message_id == message(paid("o-1")).message_id
    assert walk.call().payload.body == message(paid("o-1")).body


def test_what_is_under_way_is_not_replayed() -> None:
    walk = Walk()
    walk.do(paid("o-1"))
    refused = WebhookRefused(**ABOUT, request_id="r-9", code="UNDER_WAY")
    assert walk.do(REPLAY) == [refused]


def test_an_endpoint_is_told_only_of_what_it_asked_for() -> None:
    only = WAS_SET.model_copy(update={"events": ("order.completed",)})
    walk = Walk(only, VERIFIED)
    assert walk.do(paid("o-1")) == []
    assert [type(fact) for fact in walk.do(completed("o-1"))] == [WebhookQueued]


def test_a_message_says_which_order_and_which_state_and_nothing_of_what_was_delivered() -> None:
    fact = LineDelivered(order_id="o-1", account_id="acc-1", line=2)
    body = json.loads(message(domain.OrderMoved(fact, NOW_MS)).body)
    assert body == {
        "type": "order.line_delivered",
        "timestamp": "2027-01-15T08:00:00.000Z",
        "data": {"order_id": "o-1", "line": 2},
    }


@pytest.mark.parametrize(("whole", "state"), [(True, "refunded"), (False, None)])
def test_only_an_order_of_which_nothing_is_left_is_said_to_be_refunded(
    whole: bool, state: str | None
) -> None:
    fact = OrderRefunded(
        order_id="o-1", account_id="acc-1", refund_id="f-1", lines=(), amount=1, to="wallet",
        whole=whole,
    )  # fmt: skip
    data = json.loads(message(domain.OrderMoved(fact, NOW_MS)).body)["data"]
    assert (data["whole"], data.get("state")) == (whole, state)


def test_an_account_without_endpoints_costs_one_look_and_no_fact() -> None:
    given(domain).when(paid("o-1")).then_nothing()
    assert list(domain.keys(paid("o-1"), {})) == ["webhooks/acc-1"]


def test_a_message_that_has_ended_leaves_only_that_it_was_there() -> None:
    walk = Walk()
    for number in range(3):
        walk.do(paid(f"o-{number}"))
    while walk.call():
        walk.answer()
    kept = [walk.world.states[of_message(message(paid(f"o-{n}")).message_id)] for n in range(3)]
    assert {type(each).__name__ for each in kept} == {"Answered"}
