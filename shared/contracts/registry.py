"""Wire type → class: everything that may stand on a log."""

from types import ModuleType
from typing import Final

from . import (
    accounts,
    audit,
    bespoke,
    catalog,
    charges,
    delivery,
    disputes,
    gateway,
    inventory,
    invoices,
    orders,
    payments,
    promotions,
    quarantine,
    refunds,
    returning,
    reviews,
    risk,
    shard,
    sms,
    support,
    targets,
    thresholds,
    verification,
    waitlist,
    webhooks,
)
from .message import Command, Fact, Message
from .upcasters import UPCASTERS, Upcaster

OWNERS: Final[tuple[ModuleType, ...]] = (
    catalog, promotions, reviews, waitlist, orders, risk, verification, inventory, quarantine,
    returning, thresholds,
    payments, charges, refunds, disputes, invoices, bespoke, delivery, gateway, accounts, support,
    targets, sms, webhooks, audit, shard,
)  # fmt: skip


class UnknownType(LookupError):
    """No command or fact of that name and version was ever published."""


def _messages() -> dict[str, type[Message]]:
    found = (
        value
        for module in OWNERS
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Message) and hasattr(value, "type")
    )
    return {cls.type: cls for cls in found}


MESSAGES: Final[dict[str, type[Message]]] = _messages()
"""By wire type, e.g. `kameng.orders.OrderPlaced.v1`."""


def facts_of(owner: str) -> tuple[type[Fact], ...]:
    """The facts that this owner's log may hold, the engine's own not among them."""
    return tuple(cls for cls in MESSAGES.values() if issubclass(cls, Fact) and cls.owner == owner)


def commands_of(owner: str) -> tuple[type[Command], ...]:
    """What may be asked of this owner."""
    return tuple(
        cls for cls in MESSAGES.values() if issubclass(cls, Command) and cls.owner == owner
    )


def decode(wire_type: str, body: bytes, upcasters: dict[str, Upcaster] | None = None) -> Message:
    """The message in ``body``, in its newest shape.

    Raises UnknownType, or pydantic's ValidationError when the body does not fit its type.
    """
    cls = MESSAGES.get(wire_type)
    if cls is not None:
        return cls.decode(body)
    upcaster = (UPCASTERS if upcasters is None else upcasters).get(wire_type)
    if upcaster is None:
        raise UnknownType(wire_type)
    return upcaster.lift(body)


def decode_one_of(wire_type: str, body: bytes, wanted: frozenset[type[Fact]]) -> Fact | None:
    """The fact in ``body``, as decode() has it; None, undecoded, where its type is not wanted."""
    cls = MESSAGES.get(wire_type)
    if cls is None and wire_type in UPCASTERS:
        cls = UPCASTERS[wire_type].to
    if cls is None or cls not in wanted:
        return None
    message = decode(wire_type, body)
    assert isinstance(message, Fact)
    return message
