"""What payment channels were asked for, and how they are told to behave. No clock of its own."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

STEPS_MAX = 10_000
TIMES_MAX = 10_000
DELAY_MS_MAX = 600_000
PAYMENTS_MAX = 200_000

On = Literal["create", "close", "refund", "notify"]
State = Literal["open", "paid", "closed"]


class Step(BaseModel):
    """What happens to the next `times` calls of a kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Literal[
        "answer", "down", "refuse", "lose", "unknown", "duplicate", "wrong_amount",
        "wrong_currency", "other_order", "forge", "none",
    ] = "answer"  # fmt: skip
    """answer: as usual · down: 503, nothing done · refuse: a certain no · lose: done, and never
    answered; a notice is never sent · unknown: it does not know · and of a notice: duplicate: ten
    times at once · wrong_amount, wrong_currency, other_order: signed, and not so · forge: with a
    signature of nobody · none: with an empty one."""
    on: On = "create"
    """Which calls."""
    channel: str = ""
    """Whose; everybody's unless said."""
    delay_ms: int = Field(default=0, ge=0, le=DELAY_MS_MAX)
    """Wait this long before anything else."""
    amount: int = 0
    """Minor units that are told, with wrong_amount; one less than was asked for unless said."""
    times: int = Field(default=1, ge=1, le=TIMES_MAX)


class Script(BaseModel):
    """The body of POST /script: replaces what was still to come; no steps is the usual way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(default=(), max_length=STEPS_MAX)


@dataclass(slots=True)
class Payment:
    """One payment at one channel."""

    channel: str
    merchant: str
    reference: str
    """The shop's id."""
    their_id: str
    account: str
    amount: int
    currency: str
    notify_url: str
    state: State = "open"
    refunded: int = 0
    refunds: dict[str, int] = field(default_factory=dict)
    """By the shop's refund id."""


@dataclass(slots=True)
class Books:
    """Every payment of every channel, and the script being played."""

    payments: dict[tuple[str, str], Payment] = field(default_factory=dict)
    """By channel and reference."""
    theirs: dict[tuple[str, str], Payment] = field(default_factory=dict)
    """By channel and the channel's own id."""
    steps: deque[Step] = field(default_factory=deque)

    def load(self, script: Script) -> None:
        """Forget what was to come and play this."""
        self.steps = deque(script.steps)

    def next(self, channel: str, on: On) -> Step:
        """What happens to this call: the first step that is about it."""
        for at, step in enumerate(self.steps):
            if step.on == on and step.channel in {"", channel}:
                del self.steps[at]
                if step.times > 1:
                    self.steps.insert(at, step.model_copy(update={"times": step.times - 1}))
                return step
        return Step(on=on)

    def create(self, asked: Payment) -> Payment:
        """The same reference is the same payment."""
        known = self.payments.setdefault((asked.channel, asked.reference), asked)
        self.theirs[known.channel, known.their_id] = known
        if len(self.payments) > PAYMENTS_MAX:
            gone = self.payments.pop(next(iter(self.payments)))
            del self.theirs[gone.channel, gone.their_id]
        return known

    def of(self, channel: str, their_id: str) -> Payment | None:
        """The payment that the channel calls so."""
        return self.theirs.get((channel, their_id))

    def close(self, channel: str, reference: str) -> Payment | None:
        """Nobody can pay it any more, unless it is paid."""
        payment = self.payments.get((channel, reference))
        if payment and payment.state == "open":
            payment.state = "closed"
        return payment

    def refund(self, payment: Payment, request: str, amount: int) -> bool:
        """Whether it is given back; the same request is given back once."""
        if request in payment.refunds:
            return payment.refunds[request] == amount
        if payment.state != "paid" or payment.refunded + amount > payment.amount:
            return False
        payment.refunds[request] = amount
        payment.refunded += amount
        return True
