"""Check an exported Kameng log with nothing but Python 3.11 and this file.

    python3 -I verify.py FOLDER [KEY]

FOLDER holds the log, `<topic>.<partition>.jsonl` with a record a line, and `audit.pub`: the public
key that signs for it, in hex. A key that comes with the log proves little: give the KEY that you
were handed another time. Status 0: whole; 1: flawed; 2: empty. A flaw is a line, its place first:

  ENVELOPE  its line or its headers cannot be read
  OFFSET    offsets do not count from 0, or leave one out
  WRITER    facts of a shard lie elsewhere than in its own partition
  ORDER     `previous` does not name the record of its source that stands before it
  FORK      another record claims its position (a repeat is the same record)
  CHAIN     its chain is not the SHA-256 of the chain before it and of all that it says
  GAP       a position of its source is nowhere on the log
  CAUSE     a client's command is not what the fact it caused says that it was
  HEAD      a source's chain is not what was signed (Ed25519) of it
"""

import json
import sys
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

SIGNED, REBUILT = "kameng.audit.CheckpointSigned.v1", "kameng.shard.ShardRebuilt.v1"


class Record(NamedTuple):
    """A line, read. Position 0: a client's command, as the door appended it, without a chain."""

    where: str
    source: str
    type: str
    position: int
    value: bytes
    previous: int = 0
    cause: str = ""
    chain: str = ""
    said: bytes = b""  # what the chain is made from, beside the chain before it


def record(line: bytes) -> Record:
    """The record in a line; raises ValueError, KeyError and the like where there is none."""
    read = json.loads(line)
    where, value = f"{read['topic']}/{read['partition']}/{read['offset']:d}", _bytes(read["value"])
    if ".commands/" in where and "ce_link" not in dict(read["headers"]):
        return Record(where, "", "", 0, value)
    head = {name: _bytes(written).decode() for name, written in read["headers"]}
    named = tuple(head[f"ce_{name}"] for name in ("id", "type", "source", "subject", "time"))
    number, kind, source, *_ = named
    if head["ce_specversion"] != "1.0":
        raise ValueError("another ce_specversion than 1.0")
    previous, rest = head["ce_link"].split(" ", 1)
    cause, chain = rest.rsplit(" ", 1)
    texts = (part.encode() for part in (*named, previous, cause))
    parts = (read["topic"].encode(), _bytes(read["key"]), *texts, value)
    said = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return Record(where, source, kind, int(number), value, int(previous), cause, chain, said)


def _bytes(written: Any) -> bytes:  # the text they are in UTF-8, or {"base64": …}
    return b64decode(written["base64"]) if isinstance(written, dict) else (written or "").encode()


class Log:
    """Read twice: first what every position claims to be, then whether it is."""

    def __init__(self, folder: Path, public: bytes) -> None:
        self.files, self.public, self.count = sorted(folder.glob("*.jsonl")), public, 0
        self.sources: dict[str, dict[int, tuple[str, str]]] = {}  # position: chain, place
        self.commands: dict[str, str] = {}  # place → SHA-256 of a client's command
        self.signed: dict[str, int] = {}  # source → its last position with a good signed head

    def flaws(self) -> Iterator[str]:
        """Every flaw, a line each."""
        for found in self._records():
            if isinstance(found, str):
                yield found
            elif not found.position:
                self.commands[found.where] = sha256(found.value).hexdigest()
            else:
                known = self.sources.setdefault(found.source, {})
                first = known.setdefault(found.position, (found.chain, found.where))
                if first[0] != found.chain and found.type != REBUILT:  # the slower of two workers
                    yield f"{found.where} FORK {first[1]} is {found.source}:{found.position}"
        gaps = {s: set(range(1, max(known))) - known.keys() for s, known in self.sources.items()}
        marks: dict[tuple[str, str], int] = {}
        for found in self._records():
            if isinstance(found, Record) and found.position:
                lane = found.source, found.where.rpartition("/")[0]
                for flaw in self._judged(found, marks.get(lane, 0), gaps[found.source]):
                    yield f"{found.where} {flaw}"
                marks[lane] = max(marks.get(lane, 0), found.position)
        for source, lost in gaps.items():
            yield from (f"{source}:{position} GAP it is nowhere" for position in sorted(lost))

    def _records(self) -> Iterator[Record | str]:
        self.count = 0
        for file in self.files:
            lane, expected = "/".join(file.name.removesuffix(".jsonl").rsplit(".", 1)), 0
            for line in file.open("rb"):
                self.count += 1
                try:
                    found = record(line)
                    if found.where != f"{lane}/{expected}":
                        yield f"{found.where} OFFSET {expected} should stand here"
                    yield found
                    expected = int(found.where.rpartition("/")[2]) + 1
                except (ValueError, KeyError, TypeError, AttributeError) as reason:
                    yield f"{lane}/{expected} ENVELOPE {reason}"
                    expected += 1

    def _judged(self, found: Record, mark: int, gaps: set[int]) -> Iterator[str]:
        """A record against its source's history; ``mark``: the last one above it in its file."""
        known, position = self.sources[found.source], found.position
        before = known[position - 1][0] if position - 1 in known else "00" * 32 * (position == 1)
        if before and sha256(bytes.fromhex(before) + found.said).hexdigest() != found.chain:
            yield "CHAIN it is not what its chain was made from"
        if found.previous in gaps:
            gaps.discard(found.previous)
            yield f"GAP {found.source}:{found.previous} is missing before it"
        elif (found.previous != mark) if position > mark else (known[position][1] == found.where):
            yield f"ORDER {found.previous} of its source should stand before it; {mark} does"
        topic, partition, _ = found.where.split("/")
        if topic.endswith(".events") and found.source != f"/kameng/{topic[:-7]}/{partition}":
            yield f"WRITER {found.source} may not write here"
        cause, named, digest = found.cause.partition("#")
        if named and self.commands.get(cause) != digest:
            yield f"CAUSE {cause} is {'not what it was' if cause in self.commands else 'gone'}"
        if found.type == SIGNED and (flaw := self._head(found.value)):
            yield flaw

    def _head(self, body: bytes) -> str:
        """What a signed head says of a source's chain, against that chain; empty: it holds."""
        try:
            said = json.loads(body)
            source, position, chain = said["source"], said["position"], said["chain"]
            if not verified(self.public, f"{source} {position} {chain}", said["signature"]):
                return f"HEAD what it says of {source}:{position} is not signed by this key"
        except (ValueError, KeyError, TypeError) as reason:
            return f"HEAD it cannot be read: {reason}"
        there, where = self.sources.get(source, {}).get(position, ("", "the end of the log"))
        agreed = self.signed.setdefault(source, 0)
        if there != chain:
            return f"HEAD {source}:{agreed + 1} to {position} was made anew or cut off: {where}"
        self.signed[source] = max(agreed, position)
        return ""


# Ed25519 (RFC 8032), only to verify: points of -x² + y² = 1 + d·x²·y² as (X, Y, Z, T), T = XY/Z.
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, BASE = -121665 * pow(121666, -1, P) % P, bytes([0x58] + [0x66] * 31)
Point = tuple[int, int, int, int]


def _add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar: int, point: Point) -> Point:
    rest = _times(scalar >> 1, _add(point, point)) if scalar > 1 else (0, 1, 1, 0)
    return _add(rest, point) if scalar & 1 else rest


def _point(packed: bytes) -> Point:
    sign, y = divmod(int.from_bytes(packed, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or sign > x:
        raise ValueError("not a point of the curve")
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def verified(public: bytes, text: str, signature: str) -> bool:
    """Whether ``signature`` (128 hex digits) of ``text`` is by the key ``public``; ValueError."""
    r, s = bytes.fromhex(signature[:64]), int.from_bytes(bytes.fromhex(signature[64:]), "little")
    k = int.from_bytes(sha512(r + public + text.encode()).digest(), "little") % Q
    one, other = _times(s, _point(BASE)), _add(_point(r), _times(k, _point(public)))
    return s < Q and not any((one[i] * other[2] - other[i] * one[2]) % P for i in (0, 1))


def main(folder: str, key: str = "") -> int:
    """Check, print, and return the status."""
    log = Log(Path(folder), bytes.fromhex(key or Path(folder, "audit.pub").read_text()))
    flaws, under = list(log.flaws()), sum(log.signed.values())
    print(*flaws, f"{log.count} records, {under} under a signed head, {len(flaws)} flaws", sep="\n")
    return 2 if not log.count else 1 if flaws else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
