"""The smallest service that uses everything the engine offers: purses, with moves between them.

A move takes from one purse and asks another shard to give; a hold lapses by a deadline; a ring
is a call to the outside. What has been asked once is remembered by its request.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from shared.contracts.message import Fact, Message
from shared.kernel.decider import Effect, Elapsed, Send
from shared.shards.service import Arrival, Handler, Performer, Service

from .words import (
    Credit,
    Emptied,
    Free,
    Freed,
    Held,
    Hold,
    Lapsed,
    Move,
    Moved,
    Noted,
    Put,
    PutIn,
    Refused,
    Ring,
    RingAsked,
    Rung,
)


class Note(msgspec.Struct, frozen=True):
    account: str
    request: str


class Answer(msgspec.Struct, frozen=True):
    account: str
    request: str
    text: str


class Purse(msgspec.Struct, frozen=True, array_like=True, tag="p"):
    amount: int = 0


class Asked(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    account: str
    request: str
    until_ms: int | None = None
    ringing: bool = False
    again: int = 0


class Rules:
    """The domain; ``broken`` amounts are bugs that a later deployment mends."""

    def __init__(self) -> None:
        self.broken: set[int] = set()
        self.late_bug = self.deaf = self.blind = False

    def keys(self, message: Any, states: Mapping[str, Any]) -> Iterable[str]:
        if isinstance(message, Elapsed):
            return (message.key, *_purse_of(states.get(message.key)))
        return (f"asked/{message.account} {message.request}", f"purse/{message.account}")

    def ahead(self, commands: Sequence[Any], states: Mapping[str, Any]) -> Iterable[str]:
        if self.blind:
            raise ZeroDivisionError
        return [key for command in commands for key in self.keys(command, states)]

    def decide(self, states: Mapping[str, Any], command: Any) -> list[Fact]:
        if isinstance(command, Elapsed):
            return self._elapsed(states[command.key])
        asked = states.get(f"asked/{command.account} {command.request}")
        if isinstance(command, Answer):
            return self._answered(asked, command)
        if isinstance(command, Free):
            free = Freed(account=command.account, request=command.request)
            return [free] if asked and asked.until_ms else []
        if asked:
            return []
        who = {"account": command.account, "request": command.request}
        match command:
            case Put():
                return self._put(command)
            case Move():
                return self._move(states.get(f"purse/{command.account}", Purse()), command)
            case Hold():
                return [Held(**who, until_ms=command.until_ms, again=command.again)]
            case Ring():
                return [RingAsked(**who)]
            case Note():
                return [Noted(**who)]
        raise TypeError(type(command).__name__)

    def _put(self, put: Put) -> list[Fact]:
        if put.amount in self.broken:
            raise ZeroDivisionError
        return [PutIn(account=put.account, request=put.request, amount=put.amount)]

    def _move(self, purse: Purse, move: Move) -> list[Fact]:
        who = {"account": move.account, "request": move.request}
        if purse.amount < move.amount:
            return [Refused(**who)]
        moved = Moved(**who, to=move.to, amount=move.amount)
        return [moved, Emptied(**who)] if purse.amount == move.amount else [moved]

    def _answered(self, asked: Asked | None, answer: Answer) -> list[Fact]:
        if self.deaf:
            raise ZeroDivisionError
        if asked is None or not asked.ringing:
            return []
        return [Rung(account=answer.account, request=answer.request, answer=answer.text)]

    def _elapsed(self, asked: Asked) -> list[Fact]:
        if asked.request in map(str, self.broken):
            raise ZeroDivisionError
        who = {"account": asked.account, "request": asked.request}
        if asked.again and asked.until_ms:
            return [Held(**who, until_ms=asked.until_ms + 1, again=asked.again - 1)]
        return [Lapsed(**who)]

    def evolve(self, key: str, state: Any, fact: Any) -> Any:
        if key.startswith("purse/"):
            return self._purse(state or Purse(), fact)
        match fact:
            case Held():
                return Asked(fact.account, fact.request, until_ms=fact.until_ms, again=fact.again)
            case RingAsked():
                return Asked(fact.account, fact.request, ringing=True)
            case _:
                return Asked(fact.account, fact.request)

    def _purse(self, purse: Purse, fact: Any) -> Purse:
        match fact:
            case PutIn():
                return Purse(purse.amount + fact.amount)
            case Moved():
                return Purse(purse.amount - fact.amount)
            case Emptied() if self.late_bug:
                raise ZeroDivisionError
            case _:
                return purse


def _purse_of(asked: Any) -> tuple[str, ...]:
    return (f"purse/{asked.account}",) if asked else ()


class Consequences:
    """The process; a move is sent to two topics, so that one source writes to both."""

    def __init__(self, name: str) -> None:
        self.name = name

    def follows(self, fact: Any) -> list[Send]:
        if not isinstance(fact, Moved):
            return []
        credit = Credit(account=fact.to, request=fact.request, amount=fact.amount)
        return [
            Send(f"{self.name}.commands", fact.to, credit),
            Send(f"{self.name}.answers", fact.to, fact),
        ]

    def due(self, key: str, state: Any) -> int | None:
        return state.until_ms if isinstance(state, Asked) and key else None

    def effect(self, key: str, state: Any) -> Effect | None:
        if isinstance(state, Asked) and state.ringing and key:
            return Effect(f"ring {state.request}", "ring", state)
        return None


class Outside:
    """Whoever is rung: remembers each call, and answers as it is told to."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.silent = 0
        """So many calls are not answered yet."""

    async def ring(self, effect: Effect) -> Answer:
        self.calls.append(effect.id)
        if self.silent:
            self.silent -= 1
            raise TimeoutError
        return Answer(effect.payload.account, effect.payload.request, "yes")


def _same(message: Message, arrival: Arrival) -> Message:
    return message


def _credit(credit: Credit, arrival: Arrival) -> Put:
    request = f"credit {credit.request}"
    return Put(account=credit.account, request=request, amount=credit.amount)


def _note(moved: Moved, arrival: Arrival) -> Note:
    return Note(moved.to, f"note {moved.request}")


def service(name: str, rules: Rules, outside: Outside) -> Service:
    """The toy under a name of its own, so that its topics are its own too."""
    commands: dict[type[Message], Handler] = {
        Put: _same, Move: _same, Hold: _same, Free: _same, Ring: _same, Credit: _credit,
    }  # fmt: skip
    performers: dict[str, Performer] = {"ring": outside.ring}
    return Service(
        name=name,
        subscriptions={f"{name}.commands": commands, f"{name}.answers": {Moved: _note}},
        domain=rules,
        process=Consequences(name),
        state=Purse | Asked,
        performers=performers,
        ahead=rules.ahead,
    )
