"""risk: may this order go on. Partition key: account id; what crosses accounts by its fingerprint.

An order has one first verdict; what is said of it later (`after`) has been counted with that one.
"""

from typing import Literal

from .message import Command, Fact, Part
from .ordering import Level

Action = Literal["allow", "step_up", "hold", "block"]
"""What a rule asks for, by rising severity."""
Kind = Literal["address", "device", "target"]
"""What orders of different accounts may have in common."""
After = Literal["subjects", "verification", "hold"]


class Subject(Part):
    """What an order has in common with others, and how much of the order is about it."""

    kind: Kind
    fingerprint: str
    """Keyed, hex."""
    amount: int
    """Minor units."""
    units: int
    """Units of stock."""


class JudgeSubject(Command, owner="risk", key="fingerprint", subject="order_id"):
    """Count this order with its subject, and say what the rules make of that."""

    kind: Kind
    fingerprint: str
    order_id: str
    account_id: str
    level: Level
    received_ms: int
    amount: int
    """Minor units."""
    units: int
    """Units of stock; counted as held where a quota is about them."""


class HearSubject(Command, owner="risk", key="account_id", subject="order_id"):
    """A subject's shard has judged this order."""

    order_id: str
    account_id: str
    kind: Kind
    fingerprint: str
    action: Action
    rules: tuple[str, ...] = ()
    dry: tuple[str, ...] = ()


class ReturnUnits(Command, owner="risk", key="fingerprint", subject="order_id"):
    """This order holds nothing any more."""

    kind: Kind
    fingerprint: str
    order_id: str


class EndHolding(Command, owner="risk", key="account_id", subject="order_id"):
    """The order is paid: its units are the buyer's and no longer held."""

    order_id: str
    account_id: str


class ReleaseHold(Command, owner="risk", key="account_id", subject="order_id"):
    """An operator lets a held order go on."""

    order_id: str
    account_id: str
    request_id: str
    by: str
    reason: str


class RefuseHold(Command, owner="risk", key="account_id", subject="order_id"):
    """An operator refuses a held order."""

    order_id: str
    account_id: str
    request_id: str
    by: str
    reason: str


class OrderCleared(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order may go on."""

    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""
    received_ms: int
    """When our door received the order, Unix milliseconds: it counts in the account's window."""
    amount: int
    """Minor units: the order's total; it counts in the account's window."""
    units: int | None = None
    """Units of stock that a quota is about; none: no quota asks."""
    tracked: bool | None = None
    """They count as held until the order has ended or is paid; else for as long as any could be."""
    after: After | None = None
    dry: tuple[str, ...] | None = None
    """Ids of broken rules that are only tried out."""


class OrderBlocked(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order must not go on."""

    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""
    rules: tuple[str, ...]
    """Ids of the rules that blocked it, or that asked for what it did not pass."""
    received_ms: int
    """When our door received the order, Unix milliseconds: it counts in the account's window."""
    amount: int
    """Minor units: the order's total; it counts in the account's window."""
    code: str | None = None
    """What it did not pass; none: the rules block it."""
    after: After | None = None
    dry: tuple[str, ...] | None = None
    """Ids of broken rules that are only tried out."""


class Case(Fact):
    """What risk knows of an order that it has not cleared at once."""

    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""
    rules: tuple[str, ...]
    """Ids of the rules that ask for this."""
    received_ms: int
    amount: int
    """Minor units: the order's total."""
    currency: str
    units: int | None = None
    """Units that count as held until the order has ended or is paid; none: no quota asks."""
    subjects: tuple[Subject, ...] = ()
    """Where else the order is counted."""
    contact: str | None = None
    """The buyer's phone number, sealed to risk's SMS sender."""
    after: After | None = None
    dry: tuple[str, ...] | None = None
    """Ids of broken rules that are only tried out."""


class SubjectsAsked(Case, owner="risk", key="account_id", subject="order_id"):
    """The account's own rules let it pass so far; its subjects' shards are asked."""

    level: Level
    action: Action
    """What the account's own rules ask for."""
    deadline_ms: int
    """Unix milliseconds by which all must have answered."""
    hold_ms: int
    """Milliseconds for which a person may look at it, where they have not."""


class SubjectHeard(Fact, owner="risk", key="account_id", subject="order_id"):
    """One subject of several has answered."""

    order_id: str
    account_id: str
    kind: Kind
    fingerprint: str
    action: Action
    rules: tuple[str, ...] = ()
    dry: tuple[str, ...] = ()


class OrderHeld(Case, owner="risk", key="account_id", subject="order_id"):
    """A person is to look at this order."""

    deadline_ms: int
    """Unix milliseconds: undecided by then, it is refused."""


class HoldReleased(Fact, owner="risk", key="account_id", subject="order_id"):
    """An operator lets the order go on."""

    order_id: str
    account_id: str
    request_id: str
    by: str
    reason: str


class HoldRefused(Fact, owner="risk", key="account_id", subject="order_id"):
    """An operator refuses the order."""

    order_id: str
    account_id: str
    request_id: str
    by: str
    reason: str


class HoldExpired(Fact, owner="risk", key="account_id", subject="order_id"):
    """Nobody has decided in time."""

    order_id: str
    account_id: str


class HoldDecisionRefused(Fact, owner="risk", key="account_id", subject="order_id"):
    """An operator decided about an order that is not held."""

    order_id: str
    account_id: str
    request_id: str
    by: str
    code: Literal["NOT_HELD"]


class CaseClosed(Fact, owner="risk", key="account_id", subject="order_id"):
    """The order has ended before risk's last word: nobody need verify or look at it any more."""

    order_id: str
    account_id: str


class UnitsReturned(Fact, owner="risk", key="account_id", subject="order_id"):
    """What the order held is sold or given back: it counts against no quota any more."""

    order_id: str
    account_id: str
    units: int
    """Units of stock."""
    subjects: tuple[Subject, ...] = ()
    """Where else they were counted."""


class SubjectJudged(Fact, owner="risk", key="fingerprint", subject="order_id"):
    """An order is counted with its subject, whatever becomes of it."""

    kind: Kind
    fingerprint: str
    order_id: str
    account_id: str
    ruleset: str
    """Version of the rules that were asked."""
    received_ms: int
    amount: int
    """Minor units; they count in the subject's window."""
    units: int
    """Units of stock that count as held from here on; 0 where it is blocked, or no quota asks."""
    action: Action
    rules: tuple[str, ...] = ()
    dry: tuple[str, ...] = ()


class SubjectReturned(Fact, owner="risk", key="fingerprint", subject="order_id"):
    """An order holds nothing of its subject's quota any more."""

    kind: Kind
    fingerprint: str
    order_id: str
    units: int
    """Units of stock."""
