"""Everything that happened to one thing, as a tree of cause and effect across services. Pure.

A record is told when it names the thing, or when a record that is told caused it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from shared.contracts.registry import UnknownType, decode

from .entry import Entry, NotOurs, RawRecord, entry_of
from .plain import plain

OURS: Final = "kameng."
TOLD_MAX: Final = 20_000
"""Records of one timeline; what comes after them is left out, and counted."""


@dataclass
class Told:
    """A record of the story, without what is sealed in it."""

    where: str
    source: str
    position: int
    """0: a client's command, as the door appended it."""
    name: str
    """`OrderPlaced`."""
    time: str
    cause: str
    """Coordinates of what led to it, `deadline/…` or `effect/…`; empty for a client's command."""
    body: dict[str, Any]
    effects: list["Told"] = field(default_factory=list)


class Timeline:
    """Feed it the log, then ask for the tree."""

    def __init__(self, name: str) -> None:
        self._name = name.encode()
        self.told: dict[str, Told] = {}
        self.left_out = 0
        self._seen: set[tuple[bytes, bytes]] = set()

    def feed(self, records: Iterable[RawRecord]) -> None:
        """The next records, about in the order of time."""
        for record in records:
            try:
                entry = entry_of(record)
            except NotOurs:
                continue
            cause = _place(entry)
            if self._concerns(entry) or cause in self.told:
                self._tell(entry, cause)

    def heed(self, records: Iterable[RawRecord]) -> None:
        """Read again, for the causes that were not told because they do not name the thing."""
        wanted = self.missing
        for record in records:
            if f"{record.topic}/{record.partition}/{record.offset}" in wanted:
                entry = entry_of(record)
                self._tell(entry, _place(entry))

    @property
    def missing(self) -> set[str]:
        """Causes on the log that have not been told."""
        causes = {told.cause for told in self.told.values()}
        return {cause for cause in causes - self.told.keys() if cause and _is_topic(cause)}

    def tree(self) -> list[Told]:
        """What nothing told has caused, each with all that it led to, the earliest first."""
        for told in self.told.values():
            told.effects.clear()
        roots: list[Told] = []
        for told in sorted(self.told.values(), key=_order):
            cause = self.told.get(told.cause)
            (cause.effects if cause else roots).append(told)
        return roots

    def _concerns(self, entry: Entry) -> bool:
        name = self._name
        return name in (entry.record.value or b"") or name in entry.subject

    def _tell(self, entry: Entry, cause: str) -> None:
        record = (entry.source, entry.id)
        if record in self._seen:  # sent again by who took the shard over
            return
        if len(self.told) >= TOLD_MAX:
            self.left_out += 1
            return
        self._seen.add(record)
        where = str(entry.where)
        self.told[where] = Told(
            where, entry.source.decode(), entry.position, name_of(entry.type.decode()),
            entry.time.decode(), cause, _body(entry),
        )  # fmt: skip


def name_of(wire_type: str) -> str:
    """`kameng.orders.OrderPlaced.v1` → `OrderPlaced`."""
    return wire_type.rsplit(".", 2)[-2] if wire_type.startswith(OURS) else wire_type


def _place(entry: Entry) -> str:
    return entry.cause.decode(errors="replace").partition("#")[0]


def _is_topic(cause: str) -> bool:
    return not cause.startswith(("deadline/", "effect/"))


def _order(told: Told) -> tuple[str, str, int]:
    return told.time, told.source, told.position


def _body(entry: Entry) -> dict[str, Any]:
    value = entry.record.value or b""
    try:
        body = decode(entry.type.decode(), value).model_dump(mode="json", exclude_none=True)
    except (UnknownType, ValueError):
        body = {"unreadable": f"{len(value)} bytes"}
    told: dict[str, Any] = plain(body)
    return told
