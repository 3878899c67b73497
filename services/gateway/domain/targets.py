"""Saved targets: an account has so many at most; what they are stays sealed.

`targets/<account id>` has their ids; `request/<request id>`, that a word was heard.
"""

from collections.abc import Iterable
from typing import Final, Literal

from shared.contracts.message import Fact
from shared.contracts.targets import (
    RemoveTarget,
    SaveTarget,
    TargetRefused,
    TargetRemoved,
    TargetSaved,
)
from shared.kernel.decider import States

from .states import Answered, State, Targets

TargetWord = SaveTarget | RemoveTarget
TargetFact = TargetSaved | TargetRemoved | TargetRefused
Refusal = Literal["UNKNOWN_TARGET", "TOO_MANY"]

TARGETS: Final = "targets/"
TARGETS_MAX: Final = 30
"""Of one account."""


def keys(message: TargetWord | TargetFact) -> Iterable[str]:
    """The account's targets, and where it is remembered that this was said."""
    said = f"request/{message.request_id}"
    if isinstance(message, TargetRefused):
        return (said,)
    return (TARGETS + message.account_id, said)


def decide(states: States, said: TargetWord) -> list[Fact]:
    """What the word comes to; [] where it was heard before."""
    if f"request/{said.request_id}" in states:
        return []
    ids = _ids(states.get(TARGETS + said.account_id))
    known = said.target_id in ids
    if isinstance(said, RemoveTarget):
        gone = TargetRemoved(**said.model_dump())
        return [gone if known else _refused(said, "UNKNOWN_TARGET")]
    if said.known and not known:
        return [_refused(said, "UNKNOWN_TARGET")]
    if not known and len(ids) >= TARGETS_MAX:
        return [_refused(said, "TOO_MANY")]
    return [TargetSaved(**said.model_dump(exclude={"known"}))]


def after(key: str, state: State | None, fact: TargetFact) -> State | None:
    """An aggregate after the fact."""
    if key not in keys(fact):
        return state
    if not key.startswith(TARGETS):
        return Answered()
    others = tuple(each for each in _ids(state) if each != fact.target_id)
    return Targets((*others, fact.target_id) if isinstance(fact, TargetSaved) else others)


def _ids(state: object) -> tuple[str, ...]:
    return state.ids if isinstance(state, Targets) else ()


def _refused(said: TargetWord, code: Refusal) -> TargetRefused:
    return TargetRefused(
        account_id=said.account_id, target_id=said.target_id, request_id=said.request_id, code=code
    )  # fmt: skip
