"""catalog: a product, its SKUs and what they cost; coupons; reviews; waitlists.

Aggregates: `product/<product>`, `coupon/<coupon>`, `review/<review>`, `waitlist/<sku>`, and
`request/<product or coupon>/<request>`, so that a repeat finds that it was answered.
"""

from collections.abc import Iterable

from msgspec import Struct

from shared.contracts.catalog import ListingRefused
from shared.contracts.message import Fact
from shared.contracts.promotions import CouponRefused
from shared.kernel.decider import States

from . import coupon, product, review, waitlist
from .coupon import Issued
from .product import OFFERS_MAX, TIERS_MAX, Product
from .review import Review
from .waitlist import Restocked, Waitlist

__all__ = [
    "OFFERS_MAX", "TIERS_MAX", "Command", "Event", "Product", "Restocked", "Review", "State",
    "Waitlist", "decide", "evolve", "keys",
]  # fmt: skip


class Answered(Struct, frozen=True, array_like=True, gc=False, tag="a"):
    """`request/<product or coupon>/<request>`: this request has had its answer."""


State = Product | Issued | Review | Waitlist | Answered
Command = product.Command | coupon.Command | review.Command | waitlist.Command
Event = product.Event | coupon.Event | review.Event | waitlist.Event

OfShelf = product.Command | product.Event | coupon.Command | coupon.Event


def keys(message: Command | Event, states: States) -> Iterable[str]:
    """The aggregates that a command reads or a fact changes."""
    if isinstance(message, review.Command | review.Event):
        return review.keys(message)
    if isinstance(message, waitlist.Command | waitlist.Event):
        return waitlist.keys(message)
    if isinstance(message, ListingRefused | CouponRefused):
        return (_request(message),)
    return (_about(message), _request(message))


def decide(states: States, command: Command) -> list[Fact]:
    """What happens; [] where it has happened before."""
    if isinstance(command, review.Command):
        return _of_review(states, command)
    if isinstance(command, waitlist.Command):
        return waitlist.decide(states, command)
    if _request(command) in states:
        return []
    about = states.get(_about(command))
    if isinstance(command, coupon.Command):
        return [coupon.decide(about, command)]
    return [product.decide(about, command)]


def evolve(key: str, state: State | None, fact: Event) -> State | None:
    """The aggregate after the fact; one that the fact is not about stays as it is."""
    kind = key.partition("/")[0]
    if kind == "request":
        return Answered()
    if isinstance(fact, review.Event):
        known = state if isinstance(state, Review) else None
        return review.evolve(known, fact) if kind == "review" else state
    if isinstance(fact, waitlist.Event):
        return waitlist.evolve(key, state, fact) if kind == "waitlist" else state
    if isinstance(fact, coupon.Event):
        issued = state if isinstance(state, Issued) else None
        return coupon.evolve(issued, fact) if kind == "coupon" else state
    listed = state if isinstance(state, Product) else None
    return product.evolve(listed, fact) if kind == "product" else state


def _of_review(states: States, command: review.Command) -> list[Fact]:
    if any(key.startswith("request/") and key in states for key in review.keys(command)):
        return []
    known = states.get(f"review/{command.review_id}")
    return review.decide(known, states.get(f"product/{command.product_id}"), command)


def _about(message: OfShelf) -> str:
    if isinstance(message, coupon.Command | coupon.Event):
        return f"coupon/{message.coupon_id}"
    return f"product/{message.product_id}"


def _request(message: OfShelf) -> str:
    return f"request/{_about(message).partition('/')[2]}/{message.request_id}"
