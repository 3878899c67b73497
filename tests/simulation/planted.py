"""Bugs on purpose, in the engine: each a switch that only these tests can throw."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import msgspec
import pytest

from shared.contracts.envelope import NO_CHAIN
from shared.shards import admission, worker
from shared.shards import draft as drafts
from shared.shards import ledger as ledgers
from shared.shards import outbox as outboxes
from shared.shards.admission import Incoming, Step
from shared.shards.draft import Draft
from shared.shards.ledger import Ledger
from shared.shards.memory import MemoryStore
from shared.shards.outbox import Outbox
from shared.shards.ports import Claimed, Route, Write
from shared.shards.steps import Steps
from shared.shards.takeover import TakeOver
from shared.shards.worker import Turn, Worker
from shared.testing.fragile import FragileLog

Switch = Callable[[pytest.MonkeyPatch], None]


def compare_and_set_removed(bugs: pytest.MonkeyPatch) -> None:
    """Whoever writes last is right."""

    async def commit(self: MemoryStore, writes: Sequence[Write]) -> frozenset[int]:
        for write in writes:
            self._write(write)
        return frozenset()

    bugs.setattr(MemoryStore, "commit", commit)


def lost_shards_not_noticed(bugs: pytest.MonkeyPatch) -> None:
    """The database refuses a zombie, and the zombie publishes all the same."""
    commit = MemoryStore.commit

    async def deaf(self: MemoryStore, writes: Sequence[Write]) -> frozenset[int]:
        await commit(self, writes)
        return frozenset()

    bugs.setattr(MemoryStore, "commit", deaf)


def published_before_the_commit(bugs: pytest.MonkeyPatch) -> None:
    """What has not been committed is on the log already."""
    commit = Worker._commit

    async def hasty(self: Worker, turn: Turn) -> None:
        await self._published()
        boxes = {d.source: d.outbox for d in turn.drafts.values() if d.outbox}
        await self.log.publish(boxes, lambda: True)
        await commit(self, turn)

    bugs.setattr(Worker, "_commit", hasty)


def commands_before_their_facts(bugs: pytest.MonkeyPatch) -> None:
    """What follows from a fact leaves first."""
    publish = FragileLog.publish

    async def backwards(self: FragileLog, boxes: Any, ours: Claimed) -> dict[Route, int]:
        follows = {s: Outbox(facts=[], follows=b.follows) for s, b in boxes.items()}
        await publish(self, follows, ours)
        facts = {s: Outbox(facts=b.facts, follows=[]) for s, b in boxes.items()}
        return await publish(self, facts, ours)

    bugs.setattr(FragileLog, "publish", backwards)


def effect_before_its_fact_is_acknowledged(bugs: pytest.MonkeyPatch) -> None:
    """The outside is called at once."""
    publish = Worker._publish

    async def hasty(self: Worker, some: Sequence[Draft], ours: Claimed) -> None:
        for draft in some:
            for key in draft.changed:
                if effect := draft.effect(key):
                    self.effects.open(draft.shard, key, effect)
        await publish(self, some, ours)

    bugs.setattr(Worker, "_publish", hasty)


def effects_not_opened_again(bugs: pytest.MonkeyPatch) -> None:
    """A successor does not know whom its forerunner was calling."""

    async def forget(self: Worker, shards: Sequence[int]) -> None:
        self.turns += 0

    bugs.setattr(Worker, "_open_effects", forget)


def one_mark_for_two_topics(bugs: pytest.MonkeyPatch) -> None:
    """A source's records on two topics are held against one mark."""
    original = admission._is_duplicate

    def blurred(ledger: Ledger, topic: str, *rest: Any) -> bool:
        return original(ledger, "", *rest)

    bugs.setattr(admission, "_is_duplicate", blurred)


def marks_not_stored(bugs: pytest.MonkeyPatch) -> None:
    """A shard's row forgets what it has taken from whom."""
    encode = ledgers.encode

    def forgetful(ledger: Ledger) -> bytes:
        return encode(msgspec.structs.replace(ledger, marks={}))

    bugs.setattr(ledgers, "encode", forgetful)


def skipped_records_leave_the_mark(bugs: pytest.MonkeyPatch) -> None:
    """Only what is subscribed to moves the mark."""
    original = admission.admit

    def admit(draft: Draft, record: Incoming) -> Step | None:
        marks, skipped = dict(draft.ledger.marks), draft.ledger.tally.skipped
        step = original(draft, record)
        if draft.ledger.tally.skipped > skipped:
            draft.ledger.marks = marks
        return step

    bugs.setattr(worker, "admit", admit)


def deadlines_lost_on_take_over(bugs: pytest.MonkeyPatch) -> None:
    """A worker keeps its deadlines to itself."""
    write, due = MemoryStore._write, MemoryStore.due
    mine: dict[int, set[tuple[int, str]]] = {}

    def remember(self: MemoryStore, one: Write) -> None:
        write(self, one)
        mine.setdefault(id(self), set()).update((one.shard, c.key) for c in one.changes)

    async def own(
        self: MemoryStore, shards: Iterable[int], now_ms: int, keys_max: int
    ) -> list[tuple[int, str]]:
        found = await due(self, shards, now_ms, keys_max)
        return [one for one in found if one in mine.get(id(self), ())]

    bugs.setattr(MemoryStore, "_write", remember)
    bugs.setattr(MemoryStore, "due", own)


def blob_not_sent_again(bugs: pytest.MonkeyPatch) -> None:
    """A successor believes that everything was sent."""
    original = TakeOver._open

    def opened(self: TakeOver, row: Any) -> tuple[Ledger, Outbox]:
        return original(self, row)[0], outboxes.EMPTY

    bugs.setattr(TakeOver, "_open", opened)


def older_database_not_noticed(bugs: pytest.MonkeyPatch) -> None:
    """The row is believed, whatever the log says."""

    async def nothing(self: TakeOver, shard: int, start: int, end: int) -> list[Incoming]:
        return []

    bugs.setattr(TakeOver, "_tail", nothing)


def unsent_forgotten_by_a_rebuild(bugs: pytest.MonkeyPatch) -> None:
    """A fold of the log gives the state, and nobody asks what was still to be sent."""
    original = TakeOver._agree

    async def agree(
        self: TakeOver, shard: int, ledger: Ledger, box: Outbox, end: int
    ) -> tuple[Ledger, Outbox]:
        agreed, sending = await original(self, shard, ledger, box, end)
        return agreed, sending if agreed is ledger else outboxes.EMPTY

    bugs.setattr(TakeOver, "_agree", agree)


def chain_begun_anew(bugs: pytest.MonkeyPatch) -> None:
    """A successor chains from zeros."""
    decode = ledgers.decode

    def fresh(data: bytes) -> Ledger:
        return msgspec.structs.replace(decode(data), chain=NO_CHAIN)

    bugs.setattr(ledgers, "decode", fresh)


def table_not_brought_as_far_as_the_sender_saw(bugs: pytest.MonkeyPatch) -> None:
    """The catalogue of the take-over is good enough."""

    async def stay(self: Steps, some: Any) -> None:
        self.table = self.table

    bugs.setattr(Steps, "_reach_table", stay)


def follows_made_of_another_clock(bugs: pytest.MonkeyPatch) -> None:
    """What follows from a fact says when it was sent, and says so again at every fold."""
    original: Any = Draft._seal

    def seal(self: Draft, topic: str, *told: Any) -> Any:
        *about, value, cause = told
        if topic != self.events:
            value = value[:-1] + b',"n":%d}' % len(self.states)
        return original(self, topic, *about, value, cause)

    bugs.setattr(drafts.Draft, "_seal", seal)


ENGINE_BUGS: Final[tuple[Switch, ...]] = (
    compare_and_set_removed,
    lost_shards_not_noticed,
    published_before_the_commit,
    commands_before_their_facts,
    effect_before_its_fact_is_acknowledged,
    effects_not_opened_again,
    one_mark_for_two_topics,
    marks_not_stored,
    skipped_records_leave_the_mark,
    deadlines_lost_on_take_over,
    blob_not_sent_again,
    older_database_not_noticed,
    unsent_forgotten_by_a_rebuild,
    chain_begun_anew,
    table_not_brought_as_far_as_the_sender_saw,
    follows_made_of_another_clock,
)
