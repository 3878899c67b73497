"""Orders that somebody looks at first: by a code on the buyer's phone, or by a person; promotions.

Codes are read off the SMS twin, and typed as the door types them: first wrong, sometimes, or never.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from typing import Final

import httpx

from shared.contracts.orders import CancelOrder, Origin, PlaceOrder, Seen
from shared.contracts.promotions import Promotion, SchedulePromotion
from shared.contracts.verification import TryVerification, VerificationCodeSent
from shared.kernel import ids
from shared.security.box import Box
from shared.security.keys import FolderOfKeys
from shared.security.sms_text import seal_number
from shared.security.step_up import code_mac

from .appending import Appender
from .beside import beside
from .following import Follower
from .running import DOOR_USER, Running
from .shop import BY, PRICE, Shop
from .stocking import put_in, schedule

VERIFIED: Final = 150_000
"""Minor units: over what goes through unseen, under what a person looks at."""
LOOKED_AT: Final = 1_100_000
SKUS: Final = 1
TURNS: Final = ("verified", "promoted", "looked at", "promoted")
OFF: Final = 50
"""Minor units."""
UNITS_OF_AN_ACCOUNT: Final = 2
DAY_MS: Final = 24 * 3_600_000
FIRST_PHONE: Final = 13_700_000_000
NEVER_EVERY: Final = 7
WRONG_EVERY: Final = 3
CODE_DIGITS: Final = 6
ANSWER_S_MAX: Final = 5.0
AGAIN_S: Final = 0.5
TRIES_MAX: Final = 40


@dataclass(frozen=True)
class Guarded:
    """Shops that are in."""

    verified: Shop
    looked_at: Shop
    promoted: Shop
    """Its first SKU costs less now, and everybody wants that one."""
    seen: dict[str, Seen]
    contact: Box

    def orders(self) -> Iterator[PlaceOrder]:
        """Without end, one of each in turn; some come when the promotion is used up."""
        verified, looked_at, promoted = (
            shop.orders(self.seen, shop.skus[:1])
            for shop in (self.verified, self.looked_at, self.promoted)
        )
        for kind in cycle(TURNS):  # bounded by: whoever takes from it
            match kind:
                case "verified":
                    order = next(verified)
                    number = seal_number(self.contact, phone_of(order.account_id))
                    yield order.model_copy(update={"origin": Origin(contact=number)})
                case "looked at":
                    yield next(looked_at)
                case _:
                    order = next(promoted)
                    line = order.lines[0].model_copy(update={"unit_price": PRICE - OFF})
                    yield order.model_copy(update={"lines": (line,)})


async def guarded(running: Running, name: str, buyers: int, units: int) -> Guarded:
    """Put them in, with so many units of each; half of them are sold for less."""
    verified, looked_at, promoted = shops = (
        Shop(f"{name}-verified", SKUS, buyers, price=VERIFIED),
        Shop(f"{name}-looked", SKUS, buyers, price=LOOKED_AT),
        Shop(f"{name}-promoted", SKUS, buyers, level="member"),
    )
    seen: dict[str, Seen] = {}
    for shop in shops:
        seen |= await put_in(running, shop, dict.fromkeys(shop.skus, units))
    now_ms, sku = time.time_ns() // 1_000_000, promoted.skus[0]
    promotion = Promotion(
        promotion_id=f"{name}-promotion", sku=sku, price=PRICE - OFF, units=max(2, units // 2),
        starts_ms=now_ms - DAY_MS, ends_ms=now_ms + DAY_MS, per_account=UNITS_OF_AN_ACCOUNT,
    )  # fmt: skip
    request_id = ids.derive("promotion", name)
    seen |= await schedule(
        running,
        SchedulePromotion(
            product_id=promoted.product_of(sku), request_id=request_id, by=BY, promotion=promotion
        ),
    )
    contact = Box(FolderOfKeys(running.folder.keys / DOOR_USER).fetch("contact"))
    return Guarded(verified, looked_at, promoted, seen, contact)


class Codes:
    """Buyers with their phones in their hands."""

    def __init__(self, running: Running, appender: Appender, follower: Follower) -> None:
        self._sms = running.description["twins"]["sms"]
        self._key = FolderOfKeys(running.folder.keys / DOOR_USER).fetch("verification")
        self._appender = appender
        self._sent = asyncio.Queue[VerificationCodeSent]()  # bounded by: the orders under way
        follower.hear(VerificationCodeSent, self._sent.put_nowait)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """They type until this ends."""
        async with beside(self._run()):
            yield

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=ANSWER_S_MAX) as client:
            while True:  # bounded by: its task's cancellation
                sent = await self._sent.get()
                number = int(sent.order_id.replace("-", "")[-6:], 16)
                code = await self._code(client, phone_of(sent.account_id))
                if number % NEVER_EVERY == 0 or not code:
                    request_id = ids.derive("never typed", sent.order_id)
                    whose = {"order_id": sent.order_id, "account_id": sent.account_id}
                    await self._appender.insist([CancelOrder(**whose, request_id=request_id)])
                    continue
                tries = ["000000", code] if number % WRONG_EVERY == 0 else [code]
                await self._appender.insist([self._try(sent, each) for each in tries])

    async def _code(self, client: httpx.AsyncClient, phone: str) -> str:
        """The last one that came; the phone is asked again where it does not answer."""
        for _ in range(TRIES_MAX):
            with suppress(httpx.HTTPError):
                found = await client.get(f"{self._sms}/sms", params={"phone": phone})
                if items := found.json()["items"]:
                    return _code_in(items[-1]["text"])
            await asyncio.sleep(AGAIN_S)
        return ""

    def _try(self, sent: VerificationCodeSent, code: str) -> TryVerification:
        return TryVerification(
            order_id=sent.order_id, account_id=sent.account_id,
            attempt_id=ids.derive("try", sent.sms_id, code),
            code_mac=code_mac(self._key, sent.order_id, VERIFIED, "CNY", code),
            received_ms=time.time_ns() // 1_000_000,
        )  # fmt: skip


def phone_of(account_id: str) -> str:
    """Always the same."""
    return str(FIRST_PHONE + int(ids.derive("phone", account_id).replace("-", "")[:7], 16))


def _code_in(text: str) -> str:
    words = "".join(c if c.isdigit() and c.isascii() else " " for c in text).split()
    return next((word for word in words if len(word) == CODE_DIGITS), "")
