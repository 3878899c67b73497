"""Performs the effect `channel`: calls a payment channel, says what it has answered.

A call that finds nobody, or no service, is not an answer: the engine makes the same call again.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

import httpx
import structlog

from services.payments.domain import ChargeAnswered, Limits, RefundAnswered
from services.payments.domain.state import Bill, Return
from services.payments.process import Close, Create, GiveBack
from shared.kernel.decider import Effect
from shared.shards.ports import Clock

TIMEOUT_S = 10.0
"""For one call, its answer included."""
SKEW_S_MAX = 300
"""How old a notice may be, or how far ahead: a replay a day later is none."""
CALLS_AT_ONCE_MAX = 24
"""To one channel, of the engine's 64 places: one that hangs leaves room for the others."""

log = structlog.get_logger()


class NoAnswer(OSError):
    """The channel has not answered; it is to be called again."""


class Forged(Exception):
    """A notice that is not what the channel has signed for us, just now; the text is its code."""


class Said(NamedTuple):
    """What a channel has answered to a call about a charge, in our words."""

    code: Literal["CREATED", "REFUSED", "PAID", "CLOSED", "UNKNOWN"]
    their_id: str = ""
    pay_url: str = ""
    amount: int = 0
    """Minor units, with PAID."""
    currency: str = ""
    reason: str = ""


class Returned(NamedTuple):
    """What a channel has answered to a refund, in our words."""

    code: Literal["DONE", "REFUSED", "UNKNOWN"]
    reason: str = ""


class Notice(NamedTuple):
    """What a channel has signed: it was paid."""

    merchant: str
    account_id: str
    charge_id: str
    their_id: str
    amount: int
    """Minor units."""
    currency: str


class Channel(Protocol):
    """One payment channel. Its calls raise httpx.HTTPError or NoAnswer where no answer came."""

    thanks: bytes
    """What it wants to hear once a notice is on the log."""

    async def create(self, bill: Bill, notify_url: str) -> Said:
        """Make the charge known; the same charge id is the same charge, however often."""

    async def close(self, bill: Bill) -> Said:
        """What became of it; and close it where it is not paid."""

    async def refund(self, job: Return) -> Returned:
        """Give money back; the same refund id is the same refund, however often."""

    def read(self, headers: Mapping[str, str], body: bytes, now_s: int) -> Notice | None:
        """A notice, if it says that something was paid; raises Forged."""


class Channels:
    """Performs calls to channels."""

    def __init__(
        self, channels: Mapping[str, Channel], notify_url: str, clock: Clock, limits: Limits
    ) -> None:
        self._channels, self._notify_url = channels, notify_url
        self._clock, self._limits = clock, limits
        self._calling = Counter[str]()

    async def __call__(self, effect: Effect) -> ChargeAnswered | RefundAnswered:
        """Call once. Raises NoAnswer."""
        asked: Create | Close | GiveBack = effect.payload
        name = asked.job.channel if isinstance(asked, GiveBack) else asked.bill.channel
        if self._calling[name] >= CALLS_AT_ONCE_MAX:
            raise NoAnswer("BUSY")
        self._calling[name] += 1
        try:
            return await self._call(effect.id, asked)
        except httpx.HTTPError as error:
            log.info("channel silent", why=type(error).__name__)
            raise NoAnswer(type(error).__name__) from None
        finally:
            self._calling[name] -= 1

    async def _call(
        self, call_id: str, asked: Create | Close | GiveBack
    ) -> ChargeAnswered | RefundAnswered:
        if isinstance(asked, GiveBack):
            job = asked.job
            returned = await self._channels[job.channel].refund(job)
            return RefundAnswered(
                job.refund_id, job.account_id, call_id, returned.code, self._clock.now_ms(),
                self._limits, returned.reason,
            )  # fmt: skip
        bill = asked.bill
        channel = self._channels[bill.channel]
        if isinstance(asked, Create):
            said = await self._create(channel, bill)
        else:
            said = await channel.close(bill)
        return ChargeAnswered(
            bill.charge_id, bill.account_id, call_id, said.code, self._clock.now_ms(),
            self._limits, said.their_id, said.pay_url, said.amount, said.currency, said.reason,
        )  # fmt: skip

    async def _create(self, channel: Channel, bill: Bill) -> Said:
        """Until its deadline it is asked for again; afterwards nobody could pay it."""
        if self._clock.now_ms() >= bill.deadline_ms:
            return Said("UNKNOWN")
        said = await channel.create(bill, f"{self._notify_url}/notices/{bill.channel}")
        if said.code in {"UNKNOWN", "CLOSED"}:  # neither a page nor a reason why there is none
            raise NoAnswer(said.code)
        return said


def answered(answer: httpx.Response) -> httpx.Response:
    """The answer, if it is the channel's own; raises NoAnswer where there was no service."""
    if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise NoAnswer(f"HTTP {answer.status_code}")
    return answer
