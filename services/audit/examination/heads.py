"""Signed heads, held against the chains as they are read again. Pure."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from shared.contracts.audit import CheckpointSigned
from shared.contracts.envelope import Coordinates
from shared.replay.chain import Chains
from shared.replay.finding import Finding, Flaw

Verify = Callable[[CheckpointSigned], bool]


class _Signed(NamedTuple):
    fact: CheckpointSigned
    where: Coordinates


class Heads:
    """Enter each signed head; what contradicts it is a finding once both have been read."""

    def __init__(self, verify: Verify | None = None) -> None:
        self._verify = verify
        self._waiting: list[_Signed] = []
        self._agreed: dict[str, int] = {}
        """By source: the last position whose signed head is the chain that was read."""
        self.signed = 0
        """Heads read."""

    def enter(self, fact: CheckpointSigned, where: Coordinates) -> Iterator[Finding]:
        """One more; its signature is checked at once, where the key is at hand."""
        self.signed += 1
        if self._verify and not self._verify(fact):
            detail = "its signature is not by the key that signs for this log"
            yield Finding(Flaw.HEAD, where, fact.source, fact.position, detail)
        else:
            self._waiting.append(_Signed(fact, where))

    def check(self, chains: Chains) -> Iterator[Finding]:
        """Compare the heads whose position has been read by now."""
        waiting, self._waiting = self._waiting, []
        for signed in waiting:
            fact = signed.fact
            source = chains.sources.get(fact.source.encode())
            if source is None or source.head < fact.position:
                self._waiting.append(signed)
                continue
            chain = source.remembered.get(fact.position)
            if chain is not None and chain.hex() != fact.chain:
                since = self._agreed.get(fact.source, 0)
                detail = f"position {since + 1} to {fact.position} of {fact.source} was made anew"
                yield Finding(Flaw.HEAD, signed.where, fact.source, fact.position, detail)
            elif chain is not None:
                self._agreed[fact.source] = max(self._agreed.get(fact.source, 0), fact.position)

    def finish(self, chains: Chains) -> Iterator[Finding]:
        """At the end of the log: positions that were signed for and are not there any more."""
        yield from self.check(chains)
        for signed in self._waiting:
            fact = signed.fact
            detail = f"{fact.source} was signed up to {fact.position}; the log ends before"
            yield Finding(Flaw.HEAD, signed.where, fact.source, fact.position, detail)
        self._waiting.clear()
