"""From steps to facts: each step on its own, so that a bad one never takes a batch along. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from shared.contracts import shard as words
from shared.contracts.envelope import Coordinates
from shared.kernel.decider import Elapsed

from .admission import ENGINE_COMMANDS, PARKED_MAX, Step
from .draft import Draft
from .ledger import Halt
from .service import Arrival

NO_TABLE: Final[Mapping[str, Any]] = {}


def deadline_step(key: str, now_ms: int) -> Step:
    """A deadline of this aggregate, as an input."""
    return Step(
        key, f"deadline/{key}", f"deadline/{key}", command=Elapsed(key, now_ms), counted=False
    )


def answer_step(key: str, effect_id: str, command: Any) -> Step:
    """The outside has answered: an input."""
    return Step(key, f"effect/{effect_id}", f"effect/{effect_id}", command=command, counted=False)


def handle(draft: Draft, topic: str, step: Step, table: Mapping[str, Any] = NO_TABLE) -> None:
    """Let the topic's handler make the message into the domain's command."""
    message = step.message
    if message is None or step.command is not None or type(message) in ENGINE_COMMANDS:
        return
    try:
        handler = draft.service.subscriptions[topic][type(message)]
        step.command = handler(message, Arrival(draft.now_ms, table))
    except Exception as bug:  # noqa: BLE001  # a record that cannot be processed is parked
        step.reason = f"handler: {type(bug).__name__}"


def first_keys(draft: Draft, steps: Iterable[Step]) -> list[str]:
    """What can be told before any aggregate is at hand: loaded for the whole batch at once."""
    named: dict[str, None] = {}
    for step in steps:
        if step.command is not None:
            try:
                named.update(dict.fromkeys(draft.missing(step.command)))
            except Exception as bug:  # noqa: BLE001  # a record that cannot be processed is parked
                step.reason = f"bug: {type(bug).__name__}"
    return list(named)


def attempt(draft: Draft, step: Step) -> list[str]:
    """Decide one step; the keys to be loaded first, or [] when it is done (perhaps parked)."""
    if not step.retried and step.subject in draft.ledger.parked:
        park(draft, step, "waits behind an earlier record of its subject", behind=True)
        return []
    if step.reason:
        park(draft, step, step.reason)
        return []
    try:
        missing = draft.missing(step.command)
        if missing:
            return missing
        _decide(draft, step)
    except Exception as bug:  # noqa: BLE001  # a record that cannot be processed is parked
        park(draft, step, f"bug: {type(bug).__name__}")
    else:
        draft.ledger.tally.applied += step.counted
    return []


def _decide(draft: Draft, step: Step) -> None:
    command = step.command
    if isinstance(command, Elapsed):
        due = draft.due(command.key)
        if due is None or due > draft.now_ms:
            return
    facts = draft.decide(command)
    if step.retried:
        facts = [words.ParkedRetried(subject_id=step.subject, coordinates=step.coordinates), *facts]
    draft.apply(facts, step.cause)
    if isinstance(command, Elapsed) and not facts:
        raise DeadlineIgnored(command.key)


class DeadlineIgnored(Exception):
    """A deadline passed and the rules had nothing to say: it would pass again for ever."""


def park(draft: Draft, step: Step, reason: str, *, behind: bool = False) -> None:
    """Put the record aside with a fact of its own; a retried one simply stays where it is."""
    if step.retried:
        return
    fact = words.RecordParked(
        subject_id=step.subject, coordinates=step.coordinates, reason=reason, behind=behind
    )
    draft.apply([fact], step.cause)
    draft.ledger.tally.parked += step.counted
    if sum(map(len, draft.ledger.parked.values())) > PARKED_MAX:
        draft.ledger.halt = Halt("PARKED", step.coordinates, detail=f"over {PARKED_MAX} parked")


def parked_of(draft: Draft, subject: str) -> Iterator[Coordinates | Step]:
    """The parked inputs of a subject, in order: where they lie, or the deadline itself."""
    for text in list(draft.ledger.parked.get(subject, ())):
        if text.startswith("deadline/"):
            yield deadline_step(text.removeprefix("deadline/"), draft.now_ms)
        elif not text.startswith("effect/"):
            yield Coordinates.parse(text)


def skip(draft: Draft, command: words.SkipParked, cause: str) -> None:
    """Go on without a parked record, on a person's word."""
    if command.coordinates in draft.ledger.parked.get(command.subject_id, ()):
        fact = words.ParkedSkipped(
            subject_id=command.subject_id,
            coordinates=command.coordinates,
            reason=command.reason,
            by=command.by,
        )
        draft.apply([fact], cause)
