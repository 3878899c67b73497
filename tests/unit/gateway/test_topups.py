"""Top-ups as operators see them: on their way, unsure, gone when they are done (C6, F5)."""

from services.gateway.projections.topups import TopUpRow, apply, lines_of
from tests.unit.delivery import examples as say

ASK_MS = say.NOON_MS + 5_000


def after(*facts: object) -> TopUpRow | None:
    row: TopUpRow | None = None
    for fact in facts:
        row = apply(row, fact)  # type: ignore[arg-type]  # the facts that are followed
    return row


def test_a_top_up_is_seen_from_its_sending_to_its_end() -> None:
    sent = after(say.submitted())
    assert sent is not None
    assert (sent.state, sent.supplier, sent.since_ms) == ("submitting", "a", say.NOON_MS)
    assert after(say.submitted(), say.confirmed()) is None
    assert after(say.submitted(), say.topup_failed("SUPPLIERS_REFUSED")) is None


def test_what_nobody_knows_about_says_when_it_is_asked_again_or_that_a_person_has_to_take_it() -> (
    None
):
    unsure = after(say.submitted(), say.uncertain("UNKNOWN", ASK_MS, asks=3))
    assert unsure is not None
    assert (unsure.state, unsure.code, unsure.asks, unsure.ask_ms) == (
        "unsure", "UNKNOWN", 3, ASK_MS,
    )  # fmt: skip
    over = after(say.submitted(), say.uncertain("UNKNOWN", None))
    assert over is not None
    assert over.ask_ms is None
    asking = after(say.submitted(), say.uncertain("UNKNOWN", ASK_MS), say.queried(1))
    assert asking is not None
    assert (asking.state, asking.ask_ms) == ("asking", None)


def test_a_contradiction_comes_back_to_be_looked_at() -> None:
    history = (say.submitted(), say.topup_failed("RESOLVED_FAILED"), say.contradicted())
    found = after(*history)
    assert found is not None
    assert (found.state, found.code) == ("contradicted", "R-1")


def test_a_failure_is_of_each_line_it_names() -> None:
    assert lines_of(say.failed(1, 2)) == ("res-1", "res-2")
    assert lines_of(say.confirmed()) == ("res-1",)
