"""How suppliers do is counted from delivery's facts alone (F5)."""

from services.gateway.door.examining import SupplierRow, summed
from services.gateway.projections.suppliers import Count, Tries, apply
from services.gateway.projections.times import step_of
from tests.unit.delivery import examples as say

SENT_MS = 1_000
TOOK_MS = 480


def after(*facts: object) -> tuple[Tries, list[Count]]:
    """The tries that are left, and all that was counted, with a moment between each two facts."""
    tries: Tries = {}
    counted: list[Count] = []
    for number, fact in enumerate(facts):
        counted += apply(tries, fact, SENT_MS + number * TOOK_MS)  # type: ignore[arg-type]  # the facts that are followed
    return tries, counted


def of(counted: list[Count]) -> list[str]:
    return [count.outcome for count in counted]


def test_a_try_that_succeeds_is_counted_with_the_time_it_took() -> None:
    tries, counted = after(say.submitted(), say.confirmed())
    assert not tries
    assert of(counted) == ["sent", "done"]
    assert counted[1].step == step_of(TOOK_MS)
    assert {(count.supplier, count.sku) for count in counted} == {
        (say.submitted().supplier, say.submitted().sku)
    }


def test_a_try_that_was_unknown_is_so_once_however_often_it_is_said() -> None:
    unsure = say.uncertain("UNKNOWN", None)
    tries, counted = after(say.submitted(), unsure, unsure, say.confirmed())
    assert not tries
    assert of(counted) == ["sent", "unsure", "done"]


def test_the_same_request_sent_again_is_one_try() -> None:
    again = say.submitted().model_copy(update={"calls": 2})
    tries, counted = after(say.submitted(), again)
    assert len(tries) == 1
    assert of(counted) == ["sent"]


def test_a_refusal_is_counted_under_its_reason_and_a_person_s_word_as_given_up() -> None:
    refused = say.refused("OUT_OF_STOCK")
    assert after(say.submitted(), refused)[1][1] == Count(
        say.submitted().supplier, say.submitted().sku, "refused", "OUT_OF_STOCK"
    )
    tries, counted = after(say.submitted(), say.topup_failed("RESOLVED_FAILED"))
    assert not tries
    assert of(counted) == ["sent", "given_up"]
    assert after(refused, say.confirmed()) == ({}, []), "what was never sent is not counted"


def test_shards_are_summed_and_no_rate_is_said_before_anything_has_ended() -> None:
    counts = [
        ("a", "qq", "sent", "", 0, 7), ("a", "qq", "done", "", step_of(100), 3),
        ("a", "qq", "done", "", step_of(9_000), 1), ("a", "qq", "refused", "CLOSED", 0, 2),
        ("b", "qq", "sent", "", 0, 1),
    ]  # fmt: skip
    first, second = summed(counts, {("a", "qq"): 1, ("b", "qq"): 1})
    assert first == SupplierRow("a", "qq", 7, 4, 2, 0, 0, 1, (("CLOSED", 2),), 100, 10_000)
    assert (second.sent, second.under_way, second.p50_ms) == (1, 1, None)
