"""What somebody might do to a log before handing it over: each deed on an exported copy.

For the tests and `kameng tamper`, which show that both the audit and the stranger's verifier find
each of them.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deploy.local.refusal import Refusal
from shared.contracts.audit import CheckpointSigned
from shared.replay.entry import Entry, chain_after, entry_of
from shared.replay.files import PUBLIC_KEY, SUFFIX, Stored, line_of, name_of, stored

FACTS: Final = "orders.events"
ASKED: Final = "orders.commands"
BIT: Final = 1


@dataclass
class Copy:
    """An exported log in memory, lane by lane, to be changed and written again."""

    lanes: dict[str, list[Stored]] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path) -> "Copy":
        """The log in this folder."""
        files = sorted(folder.glob(f"*{SUFFIX}"))
        return cls({file.name: [*map(stored, file.read_bytes().splitlines())] for file in files})

    def write(self, folder: Path) -> None:
        """All of it, in files of the same names."""
        for name, lane in self.lanes.items():
            (folder / name).write_bytes(b"".join(line_of(record) + b"\n" for record in lane))

    def longest(self, topic: str) -> list[Stored]:
        """The topic's fullest lane."""
        lanes = [lane for lane in self.lanes.values() if lane and lane[0].topic == topic]
        return max(lanes, key=len)

    def put(self, record: Stored) -> str:
        """Let this record lie where it says; its place."""
        self.lanes[name_of(record.topic, record.partition)][record.offset] = record
        return place_of(record)

    def renumber(self, lane: list[Stored]) -> None:
        """Close the ranks, as somebody would who rewrites a log."""
        lane[:] = [record._replace(offset=number) for number, record in enumerate(lane)]


Deed = Callable[[Copy], str]
"""Tampers with a copy; returns the place at which it must be found."""


def flip_a_byte(copy: Copy) -> str:
    """One bit of a fact's body is not what it was."""
    lane = copy.longest(FACTS)
    return copy.put(_flipped(lane[len(lane) // 2]))


def drop_a_record(copy: Copy) -> str:
    """A fact is taken out; what follows it in its partition shows that it is gone."""
    lane = copy.longest(FACTS)
    place = place_of(lane.pop(len(lane) // 2))
    copy.renumber(lane)
    return place


def swap_two_records(copy: Copy) -> str:
    """Two facts of a shard have changed places."""
    lane = copy.longest(FACTS)
    middle = len(lane) // 2
    lane[middle], lane[middle + 1] = lane[middle + 1], lane[middle]
    copy.renumber(lane)
    return place_of(lane[middle + 1])


def flip_in_a_command(copy: Copy) -> str:
    """What a client asked for is not what it was; the fact it caused names its hash."""
    lane = copy.longest(ASKED)
    asked = [record for record in lane if "ce_link" not in dict(record.headers)]
    return copy.put(_flipped(asked[len(asked) // 2]))


def forge_a_history(copy: Copy) -> str:
    """A fact is rewritten and every chain after it made anew: only a signed head knows better.

    Returns the place of the signed head that must contradict it.
    """
    head = _signed_head(copy)
    said = CheckpointSigned.decode(head.record.value or b"")
    history = _history(copy, said.source.encode())
    facts = [p for p in sorted(history) if p <= said.position and _is_fact(history[p][0])]
    forged = facts[len(facts) // 2]
    chain = history[forged - 1][0].chain if forged > 1 else bytes(32)
    for position in range(forged, max(history) + 1):
        again = [_flipped(e.record) if position == forged else e.record for e in history[position]]
        entry = history[position][0]
        chain = chain_after(chain, entry._replace(record=again[0]))
        link = b"%b %b %b" % (entry.previous, entry.cause, chain.hex().encode())
        for record in again:
            copy.put(_with_link(record, link))
    return place_of(head.record)


DEEDS: Final[dict[str, Deed]] = {
    "one byte flipped": flip_a_byte,
    "one record dropped": drop_a_record,
    "two records swapped": swap_two_records,
    "one byte flipped in a client's command": flip_in_a_command,
    "one record forged, its chain made anew": forge_a_history,
}


def tampered(folder: Path, to: Path, deed: Deed) -> str:
    """A copy of an exported log with this done to it; the place at which it must be found."""
    copy = Copy.of(folder)
    place = deed(copy)
    copy.write(to)
    shutil.copy(folder / PUBLIC_KEY, to)
    return place


def place_of(record: Stored) -> str:
    """`topic/partition/offset`."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def _flipped(record: Stored) -> Stored:
    """With another digit in its body: still JSON, and still of its type."""
    body = bytearray(record.value or b"")
    digit = next(i for i in range(len(body) - 1, 0, -1) if chr(body[i]).isdigit())
    body[digit] ^= BIT
    return record._replace(value=bytes(body))


def _with_link(record: Stored, link: bytes) -> Stored:
    headers = [(name, link if name == "ce_link" else value) for name, value in record.headers]
    return record._replace(headers=headers)


def _entries(copy: Copy) -> Iterator["_Owned"]:
    for lane in copy.lanes.values():
        for record in lane:
            yield _Owned(*entry_of(record))


def _history(copy: Copy, source: bytes) -> dict[int, list["_Owned"]]:
    """By position: the record, and its repeats."""
    history: dict[int, list[_Owned]] = {}
    for entry in _entries(copy):
        if entry.source == source and entry.position:
            history.setdefault(entry.position, []).append(entry)
    return history


def _is_fact(entry: Entry) -> bool:
    return entry.record.topic == FACTS


def _signed_head(copy: Copy) -> "_Owned":
    """The one that vouches for the most of a shard of orders."""
    signed = CheckpointSigned.type.encode()
    shard = b'"/kameng/orders/'
    heads = [e for e in _entries(copy) if e.type == signed and shard in (e.record.value or b"")]
    if not heads:
        raise Refusal(
            "No head of orders is signed in this export: place an order, wait a minute until audit "
            "has signed what moved, and export again."
        )
    return max(heads, key=lambda e: CheckpointSigned.decode(e.record.value or b"").position)


class _Owned(Entry):
    """An entry whose record is one of the copy's own."""

    record: Stored
