"""What delivery remembers: an order's lines, their cards, and who was shown what."""

from typing import Literal

from msgspec import Struct


class Line(Struct, frozen=True, array_like=True, gc=False):
    """One line of an order, and the one reservation that is its own."""

    line: int
    sku: str
    reservation_id: str


class Open(Struct, frozen=True, array_like=True, tag="o"):
    """`order/<id>`, as long as nobody has said how its payment ended."""

    account_id: str
    prepared: tuple[Line, ...]


class Paid(Struct, frozen=True, array_like=True, tag="p"):
    """`order/<id>`, paid: each paid line is awaited, then delivered."""

    account_id: str
    awaited: tuple[Line, ...] = ()
    delivered: tuple[Line, ...] = ()


class Forgotten(Struct, frozen=True, array_like=True, gc=False, tag="f"):
    """`order/<id>`, ended unpaid: whatever is prepared for it from now on is not its own."""


class Failed(Struct, frozen=True, array_like=True, gc=False, tag="x"):
    """`order/<id>`, paid after it had ended: nothing can be delivered."""


class Kept(Struct, frozen=True, array_like=True, gc=False):
    """A card, still sealed."""

    card_id: str
    sealed: str


class Cards(Struct, frozen=True, array_like=True, tag="c"):
    """`cards/<reservation>`: what is delivered, or would be."""

    cards: tuple[Kept, ...]


class Promised(Struct, frozen=True, array_like=True, tag="tp"):
    """`topup/<reservation>`: paid, its units not held yet."""

    quantity: int
    target: str


class Job(Struct, frozen=True, array_like=True):
    """A top-up on its way: everything that is needed to send it, or to send it elsewhere."""

    order_id: str
    account_id: str
    line: int
    reservation_id: str
    sku: str
    quantity: int
    target: str
    """Sealed."""
    supplier: str
    others: tuple[str, ...]
    """Suppliers that come next."""
    request_id: str
    since_ms: int
    """When it was first sent to anybody, Unix milliseconds."""
    calls: int = 1
    """How often this supplier was sent it."""
    asks: int = 0
    """How often this supplier was asked what became of it."""
    tried: tuple[str, ...] = ()
    """Our request ids so far, one for each supplier."""


class Submitting(Struct, frozen=True, array_like=True, tag="ts"):
    """`topup/<reservation>`: being sent to the supplier."""

    job: Job
    call_id: str


class Unsure(Struct, frozen=True, array_like=True, tag="tu"):
    """`topup/<reservation>`: nobody knows; it waits until the supplier is asked again."""

    job: Job
    ask_ms: int | None
    """Unix milliseconds; None: a person has to take it."""
    again: Literal["ask", "submit"]


class Asking(Struct, frozen=True, array_like=True, tag="ta"):
    """`topup/<reservation>`: the supplier is being asked."""

    job: Job
    call_id: str


class ToppedUp(Struct, frozen=True, array_like=True, gc=False, tag="td"):
    """`topup/<reservation>`: delivered, for ever."""


class GivenUp(Struct, frozen=True, array_like=True, tag="tx"):
    """`topup/<reservation>`: it cannot be delivered; what was sent where is remembered."""

    account_id: str = ""
    line: int = 0
    request_ids: tuple[str, ...] = ()
    """Ours, at each supplier that was tried."""
    contradicted: bool = False
    """A supplier has said since that it did top up."""


class Resolved(Struct, frozen=True, array_like=True, gc=False, tag="r"):
    """`resolution/<request>`: this person's word has had its answer."""


class Answered(Struct, frozen=True, array_like=True, gc=False, tag="a"):
    """`reveal/<request>`: this request has had its answer."""


class Meter(Struct, frozen=True, array_like=True, gc=False, tag="m"):
    """`meter/<account>`, `looks/<order>/<line>`: reveals in the hour of the last one."""

    hour: int
    """Hours since 1970."""
    reveals: int


OpenTopUp = Submitting | Unsure | Asking
TopUp = Promised | OpenTopUp | ToppedUp | GivenUp
State = Open | Paid | Forgotten | Failed | Cards | TopUp | Resolved | Answered | Meter


def job_of(state: State | None) -> Job | None:
    """What is to be topped up; None where nothing is on its way."""
    return state.job if isinstance(state, Submitting | Unsure | Asking) else None
