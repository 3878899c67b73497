"""What risk remembers: one small shape per phase of a case, and windows that count."""

from typing import Final

import msgspec

from shared.contracts.risk import Action, Kind, Subject

SEVERITY: Final[dict[Action, int]] = {"allow": 0, "step_up": 1, "hold": 2, "block": 3}


class Minute(msgspec.Struct, frozen=True, array_like=True):
    """What was ordered in one minute, cleared or not."""

    number: int
    """Minutes since 1970."""
    orders: int
    amount: int
    """Minor units."""
    units: int = 0
    """Cleared units of stock that nobody tracks to their end."""


class Account(msgspec.Struct, frozen=True, array_like=True, tag="a"):
    """The recent minutes in which something was ordered, oldest first; MINUTES_MAX at most."""

    minutes: tuple[Minute, ...] = ()
    first_ms: int = 0
    """When our door received the first order of all, Unix milliseconds."""
    holding: int = 0
    """Units of stock that its tracked orders hold, or are about to hold."""


class Around(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """An address, device or target: as an account, over all accounts."""

    minutes: tuple[Minute, ...] = ()
    first_ms: int = 0
    holding: int = 0


Window = Account | Around
"""What is counted, and until when it goes back."""


class About(msgspec.Struct, frozen=True, array_like=True):
    """A subject of an order, and how much of the order is about it."""

    kind: Kind
    fingerprint: str
    amount: int
    """Minor units."""
    units: int


class Case(msgspec.Struct, frozen=True, array_like=True):
    """What outlasts an order's first verdict."""

    account_id: str
    ruleset: str
    rules: tuple[str, ...]
    """Ids of those that ask for ``action``."""
    action: Action
    received_ms: int
    amount: int
    """Minor units."""
    currency: str
    units: int = 0
    """Counted as held; 0: no quota asks."""
    subjects: tuple[About, ...] = ()
    contact: str = ""
    dry: tuple[str, ...] = ()


class Asking(msgspec.Struct, frozen=True, array_like=True, tag="q"):
    """Its subjects' shards have the word."""

    case: Case
    waiting: tuple[About, ...]
    """Those without an answer; never empty while it stays so."""
    deadline_ms: int
    hold_ms: int
    """For which a person may then look at it."""


class OpenCode(msgspec.Struct, frozen=True, array_like=True):
    """The newest code, made."""

    sms_id: str
    code_mac: str
    sealed: str
    expires_ms: int
    sent: bool = False


class Verifying(msgspec.Struct, frozen=True, array_like=True, tag="v"):
    """The buyer has the word."""

    case: Case
    deadline_ms: int
    code_id: str
    """The newest code, made or not."""
    resend_ms: int
    """From when on another may be asked for."""
    code: OpenCode | None = None
    codes: int = 1
    """Asked for so far."""
    tries: int = 0
    """Wrong ones so far, of all codes."""


class Held(msgspec.Struct, frozen=True, array_like=True, tag="h"):
    """A person has the word."""

    case: Case
    deadline_ms: int


class Holding(msgspec.Struct, frozen=True, array_like=True, tag="u"):
    """Cleared; its units count until they are sold or given back."""

    account_id: str
    units: int
    subjects: tuple[About, ...] = ()


class Judged(msgspec.Struct, frozen=True, array_like=True, tag="j"):
    """This order has had its last verdict, and holds nothing that is counted."""


class Counted(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    """This order is counted with this subject."""

    units: int
    """Held still; 0 when they are returned."""


class Answered(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """This try or request has had its answer."""


Order = Asking | Verifying | Held | Holding | Judged
State = Account | Around | Order | Counted | Answered


def told(subjects: tuple[About, ...]) -> tuple[Subject, ...]:
    """As facts name them."""
    return tuple(
        [
            Subject(kind=s.kind, fingerprint=s.fingerprint, amount=s.amount, units=s.units)
            for s in subjects
        ]
    )


def heard(subjects: tuple[Subject, ...]) -> tuple[About, ...]:
    """The opposite of told()."""
    return tuple([About(s.kind, s.fingerprint, s.amount, s.units) for s in subjects])
