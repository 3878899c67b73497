"""What people do once orders are placed: look at, complain, decide, call back, give money back."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from shared.contracts.charges import OrderPayable
from shared.contracts.delivery import CardDelivered
from shared.contracts.disputes import (
    AddEvidence,
    AskBuyer,
    BuyerAsked,
    ChooseRemedy,
    DecideDispute,
    DisputeClosed,
    DisputeOpened,
    DisputeRefused,
    Evidence,
    EvidenceAdded,
    OpenDispute,
    Outcome,
    Wish,
)
from shared.contracts.inventory import RecallCard
from shared.contracts.message import Command
from shared.contracts.orders import OrderDelivered, OrderInReview
from shared.contracts.refunds import (
    OrderRefunded,
    OrderRefunding,
    RefundDenied,
    RefundOrder,
    RefundTo,
)
from shared.contracts.risk import RefuseHold, ReleaseHold
from shared.kernel import ids

from .appending import Appender
from .beside import beside
from .following import Follower
from .shop import BY

PULSE_S: Final = 0.2
POLL_S: Final = 0.05
THOUSAND: Final = 1_000
DISPUTED: Final = range(40)
"""Of a thousand delivered orders: disputed by their buyer."""
REFUNDED: Final = range(40, 60)
"""Of a thousand: given back by support."""
RECALLED: Final = range(60, 70)
"""Of a thousand delivered cards: called back."""
ASKED_EVERY: Final = 5
REFUSED_EVERY: Final = 4
SAID: Final = Evidence(sealed_text="sealed")


class Aftermath:
    """Buyers, support and risk's people. What they do follows from an order's id alone."""

    def __init__(self, appender: Appender, follower: Follower) -> None:
        self._appender = appender
        self._to_say: list[Command] = []
        self._at_channel: set[str] = set()
        self.open: set[str] = set()
        """Disputes and refunds that have begun and not ended."""
        self.ended: Counter[str] = Counter()
        for cls, heard in (
            (OrderPayable, self._payable), (OrderInReview, self._in_review),
            (OrderDelivered, self._delivered), (CardDelivered, self._card),
            (DisputeOpened, self._opened), (BuyerAsked, self._asked),
            (EvidenceAdded, self._more), (DisputeClosed, self._closed),
            (DisputeRefused, self._turned_down), (OrderRefunding, self._refunding),
            (OrderRefunded, self._refunded), (RefundDenied, self._denied),
        ):  # fmt: skip
            follower.hear(cls, heard)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator["Aftermath"]:
        """They go on until this ends."""
        async with beside(self._run()):
            yield self

    async def settle(self, s_max: float) -> bool:
        """Wait until all that has begun has ended; False where that takes longer."""
        deadline_s = time.monotonic() + s_max
        while self.open or self._to_say:
            if time.monotonic() > deadline_s:
                return False
            await asyncio.sleep(POLL_S)
        return True

    async def _run(self) -> None:
        while True:  # bounded by: its task's cancellation
            some, self._to_say = self._to_say, []
            await self._appender.insist(some)
            await asyncio.sleep(PULSE_S)

    def _payable(self, fact: OrderPayable) -> None:
        self._at_channel.add(fact.order_id)

    def _in_review(self, fact: OrderInReview) -> None:
        refused = _number(fact.order_id) % REFUSED_EVERY == 0
        self.ended["hold refused" if refused else "hold released"] += 1
        decision = RefuseHold if refused else ReleaseHold
        self._to_say.append(
            decision(**_about(fact), request_id=_id("hold", fact), by=BY, reason=BY)
        )

    def _delivered(self, fact: OrderDelivered) -> None:
        number = _number(fact.order_id)
        if number in DISPUTED:
            request_id = _id("dispute", fact)
            self.open.add(request_id)
            self._to_say.append(
                OpenDispute(
                    **_about(fact), request_id=request_id, line=1, wants=_wish(fact), evidence=SAID,
                    received_ms=time.time_ns() // 1_000_000,
                )
            )  # fmt: skip
        elif number in REFUNDED:
            to: RefundTo = "source" if fact.order_id in self._at_channel else "wallet"
            request_id = _id("refund", fact)
            self.open.add(request_id)
            self._to_say.append(
                RefundOrder(**_about(fact), request_id=request_id, to=to, by=BY, reason=BY)
            )

    def _card(self, fact: CardDelivered) -> None:
        if _number(fact.order_id) in RECALLED:
            self.ended["card called back"] += 1
            self._to_say.append(
                RecallCard(
                    card_id=fact.card_ids[0], sku=fact.sku, request_id=_id("recall", fact),
                    by=BY, reason=BY,
                )
            )  # fmt: skip

    def _opened(self, fact: DisputeOpened) -> None:
        self.open.add(fact.dispute_id)
        case = {**_about(fact), "line": fact.line, "dispute_id": fact.dispute_id}
        number = _number(fact.order_id)
        if fact.by == "recall":
            choice_id = _id("choice", fact)
            self._to_say.append(ChooseRemedy(**case, request_id=choice_id, wants=_wish(fact)))
        elif number % ASKED_EVERY == 0:
            self._to_say.append(
                AskBuyer(**case, request_id=_id("question", fact), sealed_text="sealed", by=BY)
            )
        else:
            self._decide(fact)

    def _asked(self, fact: BuyerAsked) -> None:
        self._to_say.append(
            AddEvidence(
                **_about(fact), line=fact.line, dispute_id=fact.dispute_id,
                request_id=_id("evidence", fact), evidence=SAID,
            )
        )  # fmt: skip

    def _more(self, fact: EvidenceAdded) -> None:
        self._decide(fact)

    def _decide(self, fact: DisputeOpened | EvidenceAdded) -> None:
        rejected = _number(fact.order_id) % REFUSED_EVERY == 0
        outcome: Outcome = "rejection" if rejected else _wish(fact)
        self._to_say.append(
            DecideDispute(
                **_about(fact), line=fact.line, dispute_id=fact.dispute_id,
                request_id=_id("decision", fact), outcome=outcome, by=BY, reason=BY,
            )
        )  # fmt: skip

    def _closed(self, fact: DisputeClosed) -> None:
        self._end(fact.dispute_id, f"dispute {fact.outcome}")

    def _turned_down(self, fact: DisputeRefused) -> None:
        self._end(fact.request_id, f"dispute refused: {fact.code}")

    def _refunding(self, fact: OrderRefunding) -> None:
        self.open.add(fact.refund_id)

    def _refunded(self, fact: OrderRefunded) -> None:
        self._end(fact.refund_id, f"refunded to the {fact.to}")

    def _denied(self, fact: RefundDenied) -> None:
        self._end(fact.request_id, f"refund refused: {fact.code}")

    def _end(self, what: str, how: str) -> None:
        self.open.discard(what)
        self.ended[how] += 1


def _number(order_id: str) -> int:
    """0 to 999, the same for the same order."""
    return int(order_id.replace("-", "")[-6:], 16) % THOUSAND


def _wish(fact: Any) -> Wish:
    """What the buyer wants of it."""
    return "refund" if _number(fact.order_id) % 2 else "replacement"


def _id(what: str, fact: Any) -> str:
    return ids.derive("aftermath", what, fact.order_id)


def _about(fact: Any) -> dict[str, Any]:
    return {"order_id": fact.order_id, "account_id": fact.account_id}
