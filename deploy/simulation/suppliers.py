"""Top-up suppliers as they are: slow, contradictory, silent for hours; and who telephones them."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.delivery.domain import Limits, Route, Routes, SupplierAnswered
from services.delivery.domain.outcomes import Code
from services.delivery.domain.state import Job
from services.delivery.process import Call
from shared.contracts.delivery import (
    DeliveryFailed,
    DeliveryUncertain,
    ResolveTopUp,
    TopUpConfirmed,
)
from shared.contracts.message import Fact
from shared.kernel.decider import Effect
from shared.testing.simulator.dice import Dice, dice_of
from shared.testing.simulator.watch import Broken
from shared.testing.simulator.world import World

ROUTES: Final = Routes((Route("", ("east", "west")),))
LIMITS: Final = Limits(ask_pause_ms_min=2_000, ask_pause_ms_max=20_000, uncertain_ms_max=90_000)
"""Shorter than in earnest, so that a run sees a person take what nobody knows."""
NIGHT_LIMITS: Final = Limits()
"""As in earnest: what nobody knows is asked about for hours."""
NIGHT_S: Final = (3_600.0, 6 * 3_600.0)
SOON_S: Final = 20.0
LONG_S: Final = (30.0, 150.0)
REFUSALS: Final[tuple[Code, ...]] = (
    "OUT_OF_STOCK", "PRODUCT_MAINTENANCE", "CARRIER_MAINTENANCE", "FAILED", "WRONG_QUANTITY",
    "WRONG_ACCOUNT",
)  # fmt: skip
VAGUE: Final[tuple[Code, ...]] = (
    "PROCESSING",
    "UNKNOWN",
    "TIMED_OUT",
    "MISSING_PARAMETER",
    "BAD_SIGNATURE",
)
RESOLUTIONS_MAX: Final = 2
"""After so many words of no use a person says how it is."""


@dataclass
class Request:
    """A top-up that a supplier knows of."""

    job: Job
    end: Code
    """DONE, or a certain refusal."""
    known_ms: int
    """From then on it says so, Unix milliseconds."""


class Suppliers:
    """All suppliers of one world, and the person of the shop who speaks with them."""

    def __init__(self, world: World, *, night: bool) -> None:
        self.world, self.night = world, night
        self.limits = NIGHT_LIMITS if night else LIMITS
        self.requests: dict[str, Request] = {}
        self.asked: dict[str, int] = {}
        """Reservation → how often a person has been asked about it."""
        world.checks.append(self.check)
        world.watch.listeners.append(self.see)

    async def __call__(self, effect: Effect) -> SupplierAnswered:
        """Performs the effect `topup`: whatever comes of a call is an answer."""
        call: Call = effect.payload
        job, receipt = call.job, ""
        arrive = self.submit if call.verb == "submit" else self.ask
        try:
            code = await self.world.call(effect, lambda: arrive(job))
        except TimeoutError:
            code = "TIMED_OUT"
        if code == "DONE":
            receipt = f"receipt {job.request_id}"
        return SupplierAnswered(
            job.order_id, job.account_id, job.reservation_id, job.request_id, effect.id, code,
            receipt, self.world.now_ms(), self.limits,
        )  # fmt: skip

    def submit(self, job: Job) -> Code:
        """The same request id is the same top-up, however often it is sent."""
        known = self.requests.get(job.request_id)
        if known is None:
            known = self._take(job)
        elif self._dice(job, "again").percent(30):
            return "DUPLICATE_ORDER"
        return self._said(known)

    def ask(self, job: Job) -> Code:
        """What became of it."""
        known = self.requests.get(job.request_id)
        return "NO_SUCH_ORDER" if known is None else self._said(known)

    def settle(self, job: Job) -> bool:
        """By telephone: whether it is done; if not, it never will be."""
        known = self.requests.setdefault(job.request_id, Request(job, "FAILED", 0))
        known.known_ms = 0
        return known.end == "DONE"

    def _take(self, job: Job) -> Request:
        dice = self._dice(job, "fate")
        end: Code = "DONE" if dice.percent(65) else dice.choice(REFUSALS)
        wait_s = dice.choice((0, 0, SOON_S * dice.random(), dice.uniform(*LONG_S)))
        if self.night and dice.percent(40):
            wait_s = dice.uniform(*NIGHT_S)
        made = Request(job, end, self.world.now_ms() + int(wait_s * 1000))
        self.requests[job.request_id] = made
        return made

    def _said(self, known: Request) -> Code:
        if self.world.now_ms() >= known.known_ms:
            return known.end
        return self.world.dice.choice(VAGUE)

    def _dice(self, job: Job, what: str) -> Dice:
        return dice_of(self.world.seed, what, job.request_id)

    def see(self, fact: Fact) -> None:
        """What nobody knows is a person's at last, and now and then before."""
        if not isinstance(fact, DeliveryUncertain):
            return
        if fact.ask_ms is None or self.world.dice.percent(4):
            self.world.send_out(self._resolve(fact))

    async def _resolve(self, fact: DeliveryUncertain) -> None:
        """The person telephones, thinks, and says what they know: of this request."""
        number = self.asked[fact.reservation_id] = self.asked.get(fact.reservation_id, 0) + 1
        dice = dice_of(self.world.seed, "person", fact.reservation_id, number)
        await asyncio.sleep(dice.expovariate(1 / 10))
        asks = number <= RESOLUTIONS_MAX and dice.percent(30)
        request = self.requests.get(fact.request_id)
        done = False
        if not asks and request is not None:
            done = self.settle(request.job)
        elif not asks:
            self.requests[fact.request_id] = Request(_nobodys(fact), "FAILED", 0)
        await asyncio.sleep(dice.expovariate(1 / 5))
        word = ResolveTopUp(
            order_id=fact.order_id, account_id=fact.account_id,
            reservation_id=fact.reservation_id,
            request_id=f"resolve {fact.reservation_id} {number}",
            outcome="ask" if asks else "delivered" if done else "failed",
            receipt=f"receipt {fact.request_id}" if done else None, by="ops", reason="telephoned",
            supplier=fact.supplier,
        )  # fmt: skip
        for _ in range(dice.randint(1, 2)):
            await self.world.ask(word)

    def check(self) -> None:
        """Nobody is topped up twice; who is topped up has it said, and has no money back."""
        done: dict[str, int] = {}
        for request in self.requests.values():
            held = request.job.reservation_id
            done[held] = done.get(held, 0) + (request.end == "DONE")
        said = self._said_done()
        for request in self.requests.values():
            held, order_id = request.job.reservation_id, request.job.order_id
            if done[held] > 1:
                raise Broken(f"{held} was topped up {done[held]} times", order_id)
            if done[held] != said.get(held, 0):
                raise Broken(
                    f"{held} was topped up: {done[held]}, we say {said.get(held)}", order_id
                )

    def _said_done(self) -> Mapping[str, int]:
        said = {fact.reservation_id: 1 for fact in self.world.watch.said(TopUpConfirmed)}
        for fact in self.world.watch.said(DeliveryFailed):
            said |= dict.fromkeys([hold.reservation_id for hold in fact.lines], 0)
        return said


def _nobodys(fact: DeliveryUncertain) -> Job:
    """A request that has never arrived at the supplier, which has promised not to heed it."""
    return Job(
        fact.order_id, fact.account_id, fact.line, fact.reservation_id, "", 0, "", fact.supplier,
        (), fact.request_id, 0,
    )  # fmt: skip
