"""What a shard wrote, folded again from its log, is the shard; any other log halts it."""

from collections.abc import Callable

import pytest

from services.orders.app import service
from shared.contracts import shard as words
from shared.contracts.message import Fact
from shared.replay.files import Stored
from shared.shards.draft import Draft
from shared.shards.folding import Folder, Past, inputs, own_facts
from shared.shards.ledger import Ledger
from tests.unit.orders import examples as say

SHARD, PARTITIONS = 1, 3
TURN_MS = 1_000
PARKED = words.RecordParked(
    subject_id=say.ORDER, coordinates=f"deadline/order/{say.ORDER}", reason="a bug", behind=False
)
HISTORY: list[list[Fact]] = [
    [say.placed(2)],
    [say.accepted(2)],
    [say.line_reserved(1)],
    [say.line_reserved(2), say.requested(1, 2)],
    [say.paid(1, 2)],
    [PARKED],
    [say.line_delivered(1)],
    [say.delivered(2)],
]


def live() -> Draft:
    """The turns as they were decided, one input each."""
    draft = Draft(service(), SHARD, Ledger(), 0, PARTITIONS)
    for turn, facts in enumerate(HISTORY):
        before, now_ms = draft, TURN_MS * turn
        draft = Draft(service(), SHARD, before.ledger, now_ms, PARTITIONS)
        draft.states, draft.outbox = before.states, before.outbox
        for fact in facts:
            draft.learn(draft.missing(fact), {})
        draft.apply(facts, f"risk.events/{SHARD}/{turn}")
    return draft


def log_of(draft: Draft) -> list[Stored]:
    """Its facts as they lie on its own topic."""
    facts = [fact for group in draft.outbox.facts for fact in group]
    return [
        Stored(
            fact.topic, fact.partition, offset, fact.key, fact.value,
            [*fact.headers(draft.source)], 0,
        )
        for offset, fact in enumerate(facts)
    ]  # fmt: skip


def folded(log: list[Stored]) -> Folder:
    """As a take-over folds it, up to a halt."""
    past = Past(service(), SHARD, Ledger(), 0, PARTITIONS)
    folder = Folder(past, set())
    for group in inputs(own_facts(log, 0)):
        if past.ledger.halt is None:
            for own in group:
                past.learn(past.missing(own.fact), {})
            folder.fold(group)
    return folder


def test_what_was_written_folds_into_the_state_and_the_chain_that_wrote_it() -> None:
    draft = live()
    folder = folded(log_of(draft))
    past, ledger = folder.draft, folder.draft.ledger
    assert ledger.halt is None
    assert past.states == draft.states
    assert (ledger.position, ledger.chain) == (draft.ledger.position, draft.ledger.chain)
    assert ledger.lasts == draft.ledger.lasts
    assert ledger.time_ms == draft.ledger.time_ms
    assert ledger.parked == draft.ledger.parked == {say.ORDER: [PARKED.coordinates]}
    assert folder.unsent == draft.outbox.follows
    assert len(folder.unsent) == 4
    assert ledger.offsets == {"risk.events": len(HISTORY)}
    assert ledger.log_end == len(log_of(draft))


def test_a_blob_that_was_sent_again_is_passed_over() -> None:
    log = log_of(live())
    again = [record._replace(offset=offset) for offset, record in enumerate([*log[:4], *log])]
    assert folded(again).draft.ledger.chain == folded(log).draft.ledger.chain


def header(name: str, value: bytes) -> Callable[[Stored], Stored]:
    def change(record: Stored) -> Stored:
        headers = [(each, value if each == name else was) for each, was in record.headers]
        return record._replace(headers=headers)

    return change


@pytest.mark.parametrize(
    "change",
    [
        lambda record: record._replace(key=b"acc-2"),
        lambda record: record._replace(value=record.value.replace(b"acc-1", b"acc-2")),
        header("ce_subject", b"another"),
        header("ce_time", b"1970-01-01T00:00:09.000Z"),
    ],
    ids=["key", "value", "subject", "time"],
)
@pytest.mark.parametrize("offset", [2, 8])
def test_one_changed_record_halts_the_shard_at_it(
    change: Callable[[Stored], Stored], offset: int
) -> None:
    log = log_of(live())
    log[offset] = change(log[offset])
    halt = folded(log).draft.ledger.halt
    assert halt
    assert (halt.code, halt.coordinates) == ("DERIVED", f"orders.events/{SHARD}/{offset}")


def test_a_fact_that_is_missing_halts_the_shard_at_the_input_after_it() -> None:
    log = log_of(live())
    del log[2]
    halt = folded(log).draft.ledger.halt
    assert halt
    assert halt.coordinates == f"orders.events/{SHARD}/4"
    assert folded(log[:2]).draft.ledger.halt is None
