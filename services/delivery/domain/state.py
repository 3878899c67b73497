"""What delivery remembers: an order's lines, their cards, and who was shown what."""

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


class Answered(Struct, frozen=True, array_like=True, gc=False, tag="a"):
    """`reveal/<request>`: this request has had its answer."""


class Meter(Struct, frozen=True, array_like=True, gc=False, tag="m"):
    """`meter/<account>`: how many lines it was shown in the hour of its last reveal."""

    hour: int
    """Hours since 1970."""
    reveals: int


State = Open | Paid | Forgotten | Failed | Cards | Answered | Meter
