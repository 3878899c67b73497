"""Which products fit a query: words, category, price, discount; and in which order."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from starlette.requests import Request

from services.gateway.projections.catalogue import ProductDoc
from services.gateway.projections.queries import Stock
from shared.kernel.pricing import unit_price

from .problems import Problem
from .promoting import shown_promotion

QUERY_LENGTH_MAX: Final = 60
SORTS: Final = frozenset({"relevance", "price", "-price", "discount"})
TYPO_LENGTH_MIN: Final = 4
"""Shorter words must be spelled as they are."""
NUMBER_DIGITS_MAX: Final = 12
BASIS_POINTS: Final = 10_000
NOTHING_LEFT: Final[Mapping[str, Stock]] = {}
"""No promotion has anything left."""


class Wanted(NamedTuple):
    """What is asked for; prices in minor units, the discount in basis points."""

    words: tuple[str, ...]
    category: str
    price_min: int
    price_max: int
    discount_min: int
    sort: str


def wanted_of(request: Request) -> Wanted:
    """The query's parameters; raises the problem that one cannot be read."""
    query = request.query_params
    sort = query.get("sort", "relevance")
    if sort not in SORTS:
        raise _bad("sort", " ".join(sorted(SORTS)))
    return Wanted(
        tuple(query.get("q", "").casefold()[:QUERY_LENGTH_MAX].split()),
        query.get("category", ""),
        _number(request, "price_min", 0),
        _number(request, "price_max", 10**NUMBER_DIGITS_MAX),
        _basis_points(request, "discount_min"),
        sort,
    )


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name)
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_DIGITS_MAX):
        raise _bad(name, "an amount in minor units")
    return int(text)


def _basis_points(request: Request, name: str) -> int:
    text = request.query_params.get(name)
    if text is None or text == "":
        return -BASIS_POINTS * BASIS_POINTS
    whole, _, part = text.partition(".")
    digits = whole + part
    if not (digits.isascii() and digits.isdigit() and len(digits) <= NUMBER_DIGITS_MAX):
        raise _bad(name, "a share, e.g. 0.05")
    return int(whole or "0") * BASIS_POINTS + int(part.ljust(4, "0")[:4])


def _bad(name: str, wanted: str) -> Problem:
    return Problem(
        "BAD_REQUEST", errors=[{"pointer": f"?{name}", "code": "invalid", "detail": wanted}]
    )


def matches(
    product: ProductDoc, wanted: Wanted, level: str, stock: Mapping[str, Stock] = NOTHING_LEFT
) -> int | None:
    """The product's rank among what fits (the lowest first), or None where it does not fit."""
    if wanted.category and wanted.category not in product.category:
        return None
    closeness = _closeness(product, wanted.words)
    if closeness is None:
        return None
    fitting = [
        (price, off)
        for price, off in _prices(product, level, stock)
        if wanted.price_min <= price <= wanted.price_max and off >= wanted.discount_min
    ]
    if not fitting:
        return None
    match wanted.sort:
        case "price":
            return min(price for price, _ in fitting)
        case "-price":
            return -max(price for price, _ in fitting)
        case "discount":
            return -max(off for _, off in fitting)
        case _:
            return closeness


def _prices(product: ProductDoc, level: str, stock: Mapping[str, Stock]) -> list[tuple[int, int]]:
    """(price, discount in basis points) of each SKU, for this buyer, as the page shows them."""
    found = []
    for offer in product.offers:
        price = unit_price(offer.price, offer.member_price, offer.tiers, level, 1)
        promotion = shown_promotion(product, offer, price, stock)
        price = promotion.price if promotion else price
        face = offer.face_value
        found.append((price, BASIS_POINTS - price * BASIS_POINTS // face if face else 0))
    return found


def _closeness(product: ProductDoc, words: tuple[str, ...]) -> int | None:
    """0 where every word is a beginning of a name, more with typos; None where one is not there."""
    names = [product.name, *product.search, *product.category, *product.sounds]
    names += [offer.name for offer in product.offers]
    folded = [name.casefold() for name in names]
    total = 0
    for word in words:
        best = min(_distance(word, name) for name in folded)
        if best > len(word) // TYPO_LENGTH_MIN:
            return None
        total += best
    return total


def _distance(word: str, name: str) -> int:
    """How many letters of ``word`` must change for ``name`` to hold it."""
    if word in name:
        return 0
    if len(word) < TYPO_LENGTH_MIN or not name.isascii():
        return len(word)
    row = [0] * (len(name) + 1)  # a match may begin anywhere
    for i, letter in enumerate(word, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(name, start=1):
            changed = before + (letter != other)
            before, row[j] = row[j], min(changed, row[j] + 1, row[j - 1] + 1)
    return min(row)
