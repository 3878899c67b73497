"""What inventory remembers: one small row per card, claim, SKU, block of the queue, reservation."""

from typing import Literal

from msgspec import Struct


class Kept(Struct, frozen=True, array_like=True, gc=False):
    """A card as it lies in a block or under a reservation."""

    card_id: str
    sealed: str


class Claimed(Struct, frozen=True, array_like=True, gc=False, tag="c"):
    """`card/<card id>`: taken, for ever, by this line of this import."""

    import_id: str
    line: int


class Turned(Struct, frozen=True, array_like=True, gc=False, tag="t"):
    """`turned/<card id>/<import id>/<line>`: this line was told that its card is taken."""


class Stocked(Struct, frozen=True, array_like=True, gc=False, tag="k"):
    """`stocked/<card id>`: the card has joined its SKU's queue."""

    index: int = -1
    """Its last place there."""
    sku: str = ""
    recalled: bool = False
    """Nobody may get it any more."""


class Aside(Struct, frozen=True, array_like=True, gc=False, tag="i"):
    """`stocked/<card id>`, while it may be bad: in no queue, and nobody's."""

    sku: str
    sealed: str


class Sku(Struct, frozen=True, array_like=True, gc=False, tag="s"):
    """`sku/<sku>`: how many cards are where. Places in the queue are counted from 0, for ever."""

    head: int = 0
    """The place of the next card to be handed out."""
    tail: int = 0
    """The place that the next card to join gets."""
    received: int = 0
    reserved: int = 0
    sold: int = 0
    low_until: int | None = None
    """StockRanLow has been said, and is not said again before more than this are available."""
    quota: int = 0
    """Units that nobody holds, of what is sold without cards; counted like cards."""
    withdrawn: int = 0
    """Cards that were recalled or set aside and are nobody's."""
    low_at: int | None = None
    """It has run low at so many units and fewer; none: as the installation has it."""

    @property
    def queued(self) -> int:
        """Cards that nobody holds: the length of the queue."""
        return self.tail - self.head

    @property
    def available(self) -> int:
        """What nobody holds, cards or units."""
        return self.queued + self.quota


class Block(Struct, frozen=True, array_like=True, tag="b"):
    """`block/<sku>/<n>`: the cards at places n·100 to n·100+99, as far as they have come.

    A card handed out stays in it until the last of its block has been: the SKU's head says which
    are still there, so handing out rewrites no block.
    """

    cards: tuple[Kept, ...]


class Held(Struct, frozen=True, array_like=True, tag="h"):
    """`reservation/<id>`, while it holds cards."""

    cards: tuple[Kept, ...]


class Taken(Struct, frozen=True, array_like=True, gc=False, tag="o"):
    """`taken/<sku>/<place>`: the line that got the cards from this place on, to the next such row.

    Places are never used twice, so this stays true for ever, and says who has a card that is bad.
    """

    order_id: str
    account_id: str
    line: int


class HeldUnits(Struct, frozen=True, array_like=True, gc=False, tag="u"):
    """`reservation/<id>`, while it holds units of a quota."""

    units: int


class Recalled(Struct, frozen=True, array_like=True, gc=False, tag="l"):
    """`recall/<request>/<card id>`: this request has had its answer."""


class Granted(Struct, frozen=True, array_like=True, gc=False, tag="g"):
    """`granted/<request>`: this request for units, or for a threshold, has had its answer."""


class Ended(Struct, frozen=True, array_like=True, gc=False, tag="e"):
    """`reservation/<id>`, for ever after: whatever it is asked again has been answered."""

    how: Literal["refused", "released", "sold", "commit_refused"]
    units: int = 0
    """Units of a quota that it was sold with; its cards are gone, its units may come back."""


class Returned(Struct, frozen=True, array_like=True, gc=False, tag="y"):
    """`returned/<id>`: that reservation was asked for its units, and has answered."""


State = (
    Claimed | Turned | Stocked | Sku | Block | Held | HeldUnits | Taken | Granted | Recalled | Ended
    | Returned | Aside
)  # fmt: skip
