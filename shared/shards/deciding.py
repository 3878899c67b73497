"""From steps to facts: each step on its own, so that a bad one never takes a batch along. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from shared.contracts import shard as words
from shared.contracts.message import Fact
from shared.kernel.decider import Elapsed

from .admission import ENGINE_COMMANDS, PARKED_MAX, Step
from .draft import Draft, subject_of
from .ledger import Halt
from .service import Arrival

NO_TABLE: Final[Mapping[str, Any]] = {}


def deadline_step(key: str, now_ms: int) -> Step:
    """A deadline of this aggregate that had passed by ``now_ms``, as an input."""
    where = f"deadline/{key}"
    elapsed = Elapsed(key, now_ms)
    return Step(subject_of(key), where, where, command=elapsed, key=key, counted=False)


def answer_step(key: str, effect_id: str, command: Any) -> Step:
    """The outside has answered: an input."""
    where = f"effect/{effect_id}"
    return Step(key, where, where, command=command, key=key, counted=False)


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
        try:
            named.update(dict.fromkeys(_missing(draft, step)))
        except Exception as bug:  # noqa: BLE001  # a record that cannot be processed is parked
            step.reason = f"bug: {type(bug).__name__}"
    return list(named)


def keys_ahead(draft: Draft, steps: Iterable[Step]) -> list[str]:
    """What the service foresees with these aggregates at hand: loaded at once as well."""
    commands = [step.command for step in steps if step.command is not None and not step.reason]
    try:
        named = dict.fromkeys(draft.service.ahead(commands, draft.states))
    except Exception:  # noqa: BLE001  # a guess: the record that it fails at is parked in its turn
        return []
    return [key for key in named if key not in draft.known]


def attempt(draft: Draft, step: Step) -> list[str]:
    """Decide one step; the keys to be loaded first, or [] when it is done (perhaps parked)."""
    try:
        if missing := _missing(draft, step):
            return missing
        if not step.retried and step.subject in draft.ledger.parked:
            park(draft, step, "waits behind an earlier record of its subject", behind=True)
            return []
        if step.reason:
            park(draft, step, step.reason)
            return []
        _decide(draft, step)
    except Exception as bug:  # noqa: BLE001  # a record that cannot be processed is parked
        park(draft, step, f"bug: {type(bug).__name__}")
    else:
        draft.ledger.tally.applied += step.counted
    return []


def _missing(draft: Draft, step: Step) -> list[str]:
    if step.key and step.key not in draft.known:
        return [step.key]
    return [] if step.command is None or step.reason else draft.missing(step.command)


def _decide(draft: Draft, step: Step) -> None:
    command = step.command
    if isinstance(command, Elapsed) and not _has_passed(draft, step, command):
        facts = []
    else:
        facts = draft.decide(command)
        if isinstance(command, Elapsed) and not facts:
            raise DeadlineIgnored(command.key)
    if step.retried:
        facts = [words.ParkedRetried(subject_id=step.subject, coordinates=step.coordinates), *facts]
    draft.apply(facts, step.cause, step.traceparent)


def _has_passed(draft: Draft, step: Step, elapsed: Elapsed) -> bool:
    """Whether the deadline still stands, and stood when it was looked for."""
    if step.retried:
        state = draft.states.get(elapsed.key)
        due = None if state is None else draft.service.process.due(elapsed.key, state)
    else:
        due = draft.due(elapsed.key)
    return due is not None and due <= elapsed.now_ms


class DeadlineIgnored(Exception):
    """A deadline passed and the rules had nothing to say: it would pass again for ever."""


def park(draft: Draft, step: Step, reason: str, *, behind: bool = False) -> None:
    """Put the record aside with a fact of its own; a retried one simply stays where it is."""
    if step.retried:
        return
    fact = words.RecordParked(
        subject_id=step.subject, coordinates=step.coordinates, reason=reason, behind=behind
    )
    draft.apply([fact], step.cause, step.traceparent)
    draft.ledger.tally.parked += step.counted
    if sum(map(len, draft.ledger.parked.values())) > PARKED_MAX:
        draft.ledger.halt = Halt("PARKED", step.coordinates, detail=f"over {PARKED_MAX} parked")


def skipped(draft: Draft, command: words.SkipParked) -> list[Fact]:
    """A person's word that a parked record is to be passed over; [] where it is not parked."""
    if command.coordinates not in draft.ledger.parked.get(command.subject_id, ()):
        return []
    fact = words.ParkedSkipped(
        subject_id=command.subject_id,
        coordinates=command.coordinates,
        reason=command.reason,
        by=command.by,
    )
    return [fact]
