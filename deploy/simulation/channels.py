"""Payment channels as they are: paid late, twice told, too little, in another currency, never."""

import asyncio
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from services.payments.adapters.channels import Notice
from services.payments.domain import ChargeAnswered, Limits, RefundAnswered
from services.payments.domain.state import Bill, Return
from services.payments.process import Close, Create, GiveBack
from shared.contracts.charges import ChargePaid
from shared.contracts.refunds import RefundIssued
from shared.kernel.decider import Effect
from shared.kernel.ids import derive
from shared.testing.simulator.dice import Dice, dice_of
from shared.testing.simulator.watch import Broken
from shared.testing.simulator.world import World

from .notices import REPEATS, PaymentsDoor

LIMITS: Final = Limits(
    grace_ms=20_000, deposit_ms=60_000, ask_pause_ms_min=2_000, ask_pause_ms_max=30_000
)
"""Shorter than in earnest, so that a run sees every deadline pass."""
IN_TIME_S: Final = 8.0
"""Until a buyer pays, on average."""
LATE_S: Final = (30.0, 70.0)
SLOPPY_S: Final = (70.0, 140.0)
"""A bank's transfer that comes whatever the channel has said of the charge."""
TOLD_S_MAX: Final = (0.1, 5.0, 60.0)
"""Until a notice is sent."""
OFTEN_S: Final = 40.0
"""One that is so late is sent often at once."""
STRANGERS_PERCENT: Final = 40
"""Charges of which somebody else speaks too."""


@dataclass
class Charge:
    """What a channel knows of one."""

    bill: Bill
    their_id: str
    unsure: int
    """So many times it cannot say what became of it."""
    refused: bool = False
    closed: bool = False
    paid: tuple[int, str] | None = None
    """Minor units, and their currency."""


@dataclass
class GivenBack:
    """A refund that has arrived there."""

    job: Return
    done: bool
    unsure: int


class Said(NamedTuple):
    """To a call about a charge."""

    code: Literal["CREATED", "REFUSED", "PAID", "CLOSED", "UNKNOWN"]
    their_id: str = ""
    paid: tuple[int, str] = (0, "")


class Channels:
    """All channels of one world, and the buyers on their pages."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.charges: dict[str, Charge] = {}
        self.closed_unheard: set[str] = set()
        self.returns: dict[str, GivenBack] = {}
        self.door = PaymentsDoor(world)
        world.checks.append(self.check)

    async def __call__(self, effect: Effect) -> ChargeAnswered | RefundAnswered:
        """Performs the effect `channel`."""
        asked: Create | Close | GiveBack = effect.payload
        if isinstance(asked, GiveBack):
            job = asked.job
            code = await self.world.call(effect, lambda: self.give_back(job))
            now_ms = self.world.now_ms()
            return RefundAnswered(job.refund_id, job.account_id, effect.id, code, now_ms, LIMITS)
        bill = asked.bill
        arrive = self.create if isinstance(asked, Create) else self.close
        said = await self.world.call(effect, lambda: arrive(bill))
        return ChargeAnswered(
            bill.charge_id, bill.account_id, effect.id, said.code, self.world.now_ms(), LIMITS,
            said.their_id, "https://pay.example/", *said.paid, "simulated",
        )  # fmt: skip

    def create(self, bill: Bill) -> Said:
        """The same charge id is the same charge; one that is closed has no page."""
        found = self.charges.get(bill.charge_id)
        if self.world.now_ms() >= bill.deadline_ms:
            return Said("UNKNOWN")
        if bill.charge_id in self.closed_unheard or (found and found.closed):
            raise TimeoutError
        if found is None:
            dice = dice_of(self.world.seed, "charge", bill.charge_id)
            unsure = dice.choice((0, 0, 0, 0, 1, 2, 6))
            found = Charge(bill, derive("theirs", bill.charge_id), unsure, dice.percent(5))
            self.charges[bill.charge_id] = found
            if not found.refused:
                self.world.send_out(self._buyer(found, dice))
                stranger = dice_of(self.world.seed, "stranger", bill.charge_id)
                if stranger.percent(STRANGERS_PERCENT):
                    self.world.send_out(self._stranger(found, stranger))
        return Said("REFUSED" if found.refused else "CREATED", found.their_id)

    def close(self, bill: Bill) -> Said:
        """What became of it; closed from now on where it is not paid."""
        found = self.charges.get(bill.charge_id)
        if found is None:
            self.closed_unheard.add(bill.charge_id)
            return Said("CLOSED")
        if found.unsure:
            found.unsure -= 1
            return Said("UNKNOWN")
        if found.paid:
            return Said("PAID", found.their_id, found.paid)
        found.closed = True
        return Said("CLOSED", found.their_id)

    def give_back(self, job: Return) -> Literal["DONE", "REFUSED", "UNKNOWN"]:
        """The same refund id is the same refund; whether it was done is known later."""
        found = self.returns.get(job.refund_id)
        if found is None:
            dice = dice_of(self.world.seed, "refund", job.refund_id)
            done = dice.percent(75) or job.payment_id is None
            found = GivenBack(job, done, dice.choice((0, 0, 1, 3)))
            self.returns[job.refund_id] = found
        if found.unsure:
            found.unsure -= 1
            return "UNKNOWN"
        return "DONE" if found.done else "REFUSED"

    async def _buyer(self, charge: Charge, dice: Dice) -> None:
        """Pays in some way, and the channel tells of it in some way."""
        way = dice.choices(("in time", "late", "sloppy", "never"), (60, 15, 7, 18))[0]
        if way == "never":
            return
        waits = {
            "in time": dice.expovariate(1 / IN_TIME_S),
            "late": dice.uniform(*LATE_S),
            "sloppy": dice.uniform(*SLOPPY_S),
        }
        await asyncio.sleep(waits[way])
        if charge.closed and way != "sloppy":
            return
        charge.paid = _sum(charge.bill, dice)
        notices = dice.choices((0, 1, 2, 4), (15, 55, 20, 10))[0]
        for _ in range(max(notices, charge.closed)):
            self.world.send_out(self._tell(charge, dice.choice(TOLD_S_MAX) * dice.random()))

    async def _tell(self, charge: Charge, wait_s: float) -> None:
        await asyncio.sleep(wait_s)
        said, often = _notice(charge, charge.paid or (0, "")), wait_s > OFTEN_S
        await self.door.knock(charge.bill.channel, said, REPEATS if often else 1)

    async def _stranger(self, charge: Charge, dice: Dice) -> None:
        """Says that it was paid, or something like it."""
        await asyncio.sleep(dice.expovariate(1 / IN_TIME_S))
        said = _notice(charge, _sum(charge.bill, dice))
        await self.door.forge(charge.bill.channel, said, dice)
        if dice.percent(40):
            await self.door.err(charge.bill.channel, said, dice)

    def check(self) -> None:
        """What was paid there is entered here, to the unit, and what was not is not."""
        entered = {fact.charge_id: fact for fact in self.world.watch.said(ChargePaid)}
        for charge in self.charges.values():
            fact, about = entered.pop(charge.bill.charge_id, None), charge.bill.about
            if (fact and (fact.amount, fact.currency)) != charge.paid:
                raise Broken(f"a channel was paid {charge.paid}, entered is {fact}", about)
        for fact in entered.values():
            raise Broken(f"{fact} is entered, and no channel knows it", fact.about)
        self._check_returns()

    def _check_returns(self) -> None:
        facts = self.world.watch.said(RefundIssued)
        issued = {fact.refund_id for fact in facts if fact.to == "channel"}
        for refund_id, back in self.returns.items():
            if back.done != (refund_id in issued):
                raise Broken(f"refund {refund_id}: done there {back.done}", back.job.order_id)
            issued.discard(refund_id)
        for refund_id in sorted(issued):
            raise Broken(f"refund {refund_id} is said to be done at a channel that never heard")


def _notice(charge: Charge, paid: tuple[int, str]) -> Notice:
    bill = charge.bill
    return Notice(bill.merchant, bill.account_id, bill.charge_id, charge.their_id, *paid)


def _sum(bill: Bill, dice: Dice) -> tuple[int, str]:
    """What is paid, mostly what was asked for."""
    how = dice.choices(("right", "less", "more", "foreign"), (82, 6, 6, 6))[0]
    match how:
        case "less":
            return max(1, bill.amount - 1), bill.currency
        case "more":
            return bill.amount + 100, bill.currency
        case "foreign":
            return bill.amount, "USD"
        case _:
            return bill.amount, bill.currency
