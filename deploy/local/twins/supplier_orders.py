"""What a supplier of top-ups has taken, and how it is told to behave. No clock of its own."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

STEPS_MAX = 10_000
TIMES_MAX = 10_000
DELAY_MS_MAX = 600_000
LATER_MS_MAX = 30 * 86_400_000
ORDERS_MAX = 200_000
QUANTITY_MAX = 500
SLOW_MS = 15_000
"""How long a slow recharge takes when nobody says otherwise."""
SLOW = "phone-slow-"

Outcome = Literal[
    "done", "missing_parameter", "bad_signature", "no_such_order", "duplicate_order",
    "wrong_quantity", "out_of_stock", "product_maintenance", "wrong_account",
    "carrier_maintenance", "failed", "timed_out", "unknown",
]  # fmt: skip
TAKEN: frozenset[Outcome] = frozenset({"done", "failed", "unknown", "timed_out"})
"""After these the order is in its books; after the others it never was."""


class Step(BaseModel):
    """What happens to the next `times` calls of a kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    do: Outcome | Literal["answer", "refuse", "lose", "duplicate"] = "answer"
    """An outcome by its name; answer: as usual · refuse: 503, nothing done · lose: done, and never
    answered · duplicate: done, and answered that there is such an order already."""
    on: Literal["submit", "ask"] = "submit"
    """Which calls: a request, or the question what became of it."""
    supplier: str = ""
    """Whose calls; everybody's unless said."""
    delay_ms: int = Field(default=0, ge=0, le=DELAY_MS_MAX)
    """Wait this long before anything else."""
    for_ms: int = Field(default=0, ge=0, le=LATER_MS_MAX)
    """With unknown and timed_out: nobody knows for so long."""
    then: Literal["done", "failed", "unknown"] = "done"
    """And after that it has become this."""
    times: int = Field(default=1, ge=1, le=TIMES_MAX)


class Script(BaseModel):
    """The body of POST /script: replaces what was still to come; no steps is the usual way."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...] = Field(default=(), max_length=STEPS_MAX)


@dataclass(frozen=True, slots=True)
class Order:
    """A request that was taken: for ever the same."""

    supplier: str
    request_id: str
    product: str
    quantity: int
    account: dict[str, str]
    taken_ms: int
    known_ms: int
    """From then on it is known what became of it."""
    fate: Literal["done", "failed", "unknown"]

    def state(self, now_ms: int) -> Literal["done", "failed", "unknown"]:
        """What is known of it."""
        return self.fate if now_ms >= self.known_ms else "unknown"

    @property
    def proof(self) -> str:
        """Shown once it is done."""
        return f"{self.supplier[:2].upper()}{self.request_id.replace('-', '')[:16]}"


@dataclass(slots=True)
class Books:
    """Every order of every supplier, and the script being played."""

    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    steps: deque[Step] = field(default_factory=deque)

    def load(self, script: Script) -> None:
        """Forget what was to come and play this."""
        self.steps = deque(script.steps)

    def next(self, supplier: str, on: str) -> Step:
        """What happens to this call."""
        for place, step in enumerate(self.steps):
            if step.on == on and step.supplier in {"", supplier}:
                del self.steps[place]
                if step.times > 1:
                    left = step.model_copy(update={"times": step.times - 1})
                    self.steps.insert(place, left)
                return step
        return Step()

    def ask(self, supplier: str, request_id: str, now_ms: int) -> tuple[Outcome, Order | None]:
        """What became of a request."""
        order = self.orders.get((supplier, request_id))
        return (order.state(now_ms), order) if order else ("no_such_order", None)

    def take(self, order: Order, step: Step) -> tuple[Outcome, Order | None]:
        """A request; one that was taken before is answered with what became of that."""
        key = (order.supplier, order.request_id)
        if key in self.orders:
            return self.ask(*key, order.taken_ms)
        outcome = _outcome(order, step)
        if outcome not in TAKEN:
            return outcome, None
        if len(self.orders) >= ORDERS_MAX:
            return "product_maintenance", None
        self.orders[key] = _with_fate(order, outcome, step)
        if step.do == "duplicate":
            return "duplicate_order", None
        return outcome, self.orders[key]


def _outcome(order: Order, step: Step) -> Outcome:
    match step.do:
        case "answer" | "lose" | "duplicate" | "refuse":
            if not 1 <= order.quantity <= QUANTITY_MAX:
                return "wrong_quantity"
            return "unknown" if order.product.startswith(SLOW) else "done"
        case outcome:
            return outcome


def _with_fate(order: Order, outcome: Outcome, step: Step) -> Order:
    scripted = step.do in {"unknown", "timed_out"}
    known_ms, fate = order.taken_ms, step.then
    if scripted:
        known_ms += step.for_ms
    elif outcome == "unknown":
        known_ms += SLOW_MS
    elif outcome == "failed":
        fate = "failed"
    return Order(
        order.supplier, order.request_id, order.product, order.quantity, order.account,
        order.taken_ms, known_ms, fate,
    )  # fmt: skip
