"""What a supplier's word means, as one table: done, refused for certain, or not known.

Only what a supplier says after it has looked at the very request can be certain. A call that it
turned away unread (a bad signature, a missing parameter), an answer that never came and an order
that it calls unknown say nothing: a call before this one may have arrived.
"""

from enum import Enum
from typing import Final, Literal, NamedTuple

Code = Literal[
    "DONE", "PROCESSING", "UNKNOWN", "TIMED_OUT", "DUPLICATE_ORDER", "NO_SUCH_ORDER",
    "MISSING_PARAMETER", "BAD_SIGNATURE", "WRONG_QUANTITY", "OUT_OF_STOCK", "PRODUCT_MAINTENANCE",
    "CARRIER_MAINTENANCE", "WRONG_ACCOUNT", "FAILED",
]  # fmt: skip
"""Every word that an adapter may bring home."""


class Verdict(Enum):
    """What we know after it."""

    DONE = "topped up"
    REFUSED = "this supplier has not, and will not; another one may"
    HOPELESS = "nobody can top this target up"
    ASK = "ask again by the request's id"
    SUBMIT = "send the same request again: it has not arrived"


class Meaning(NamedTuple):
    """Of a code, by what was asked."""

    submitted: Verdict
    """As the answer to sending the request."""
    asked: Verdict
    """As the answer to what became of it."""


def _same(verdict: Verdict) -> Meaning:
    return Meaning(verdict, verdict)


MEANINGS: Final[dict[Code, Meaning]] = {
    "DONE": _same(Verdict.DONE),
    "PROCESSING": _same(Verdict.ASK),
    "UNKNOWN": _same(Verdict.ASK),
    "TIMED_OUT": _same(Verdict.ASK),
    "DUPLICATE_ORDER": _same(Verdict.ASK),
    "NO_SUCH_ORDER": Meaning(Verdict.ASK, Verdict.SUBMIT),
    "MISSING_PARAMETER": _same(Verdict.ASK),
    "BAD_SIGNATURE": _same(Verdict.ASK),
    "WRONG_QUANTITY": _same(Verdict.REFUSED),
    "OUT_OF_STOCK": _same(Verdict.REFUSED),
    "PRODUCT_MAINTENANCE": _same(Verdict.REFUSED),
    "CARRIER_MAINTENANCE": _same(Verdict.REFUSED),
    "WRONG_ACCOUNT": _same(Verdict.HOPELESS),
    "FAILED": _same(Verdict.REFUSED),
}
