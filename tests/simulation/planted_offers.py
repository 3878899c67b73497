"""Bugs on purpose, in promotions and coupons, and in what payments' door believes."""

from typing import Any, Final

import pytest

from services.catalog import process as catalog
from services.orders.domain import offering, placing
from services.payments.adapters import kapay, yunfu
from services.payments.domain import notice
from shared.contracts.inventory import GrantQuota
from shared.kernel import pricing
from shared.kernel.decider import ask

from .planted import Switch

LONG_S: Final = 10 * 86_400


def an_account_uses_it_as_often_as_it_likes(bugs: pytest.MonkeyPatch) -> None:
    """What an account has used up is not counted."""
    bugs.setattr(offering, "left", lambda used, per_account: per_account)  # noqa: ARG005  # in place of one that looks


def a_promotion_without_an_end(bugs: pytest.MonkeyPatch) -> None:
    """It holds whenever somebody orders."""
    original = pricing.best_promotion

    def best(promotions: Any, price: int, _at_ms: int) -> Any:
        return next((p for p in promotions if original([p], price, p.starts_ms)), None)

    bugs.setattr(offering, "best_promotion", best)


def promotions_and_coupons_are_not_reserved(bugs: pytest.MonkeyPatch) -> None:
    """Only the lines of an order are asked of inventory."""
    bugs.setattr(placing, "counted", lambda quotas: ())  # noqa: ARG005  # in place of one that counts


def taken_off_twice(bugs: pytest.MonkeyPatch) -> None:
    """A buyer pays less than they were shown."""
    original = placing._amount
    bugs.setattr(placing, "_amount", lambda line: original(line) - (line.discount or 0))


def one_more_than_was_offered(bugs: pytest.MonkeyPatch) -> None:
    """Inventory is granted another number than the catalogue says."""

    def grant(fact: Any, sku: str, units: int) -> Any:
        more = {"request_id": f"quota {sku}", "units": units + 1, "by": fact.by, "reason": sku}
        return ask(GrantQuota(sku=sku, **more))

    bugs.setattr(catalog, "_grant", grant)


def any_signature_will_do(bugs: pytest.MonkeyPatch) -> None:
    """A notice is believed as it stands."""
    bugs.setattr(f"{kapay.__name__}.hmac.compare_digest", lambda *_: True)
    bugs.setattr(yunfu.Yunfu, "_verify", lambda *_: None)


def a_notice_that_never_grows_old(bugs: pytest.MonkeyPatch) -> None:
    """Whoever has once seen one can send it for ever."""
    for module in (kapay, yunfu):
        bugs.setattr(module, "SKEW_S_MAX", LONG_S)


def none_is_an_algorithm(bugs: pytest.MonkeyPatch) -> None:
    """What says that it is not signed need not be."""
    original = yunfu.Yunfu._verify

    def verify(self: yunfu.Yunfu, found: Any) -> None:
        if found.get("sign_type") != "none":
            original(self, found)

    bugs.setattr(yunfu.Yunfu, "_verify", verify)


def one_channel_speaks_for_another(bugs: pytest.MonkeyPatch) -> None:
    """Whose charge it is, at which channel, is not looked at."""
    original = notice._objection

    def objection(charge: Any, command: Any) -> Any:
        code = original(charge, command)
        return None if code in {"OTHER_CHANNEL", "OTHER_MERCHANT"} else code

    bugs.setattr(notice, "_objection", objection)


OFFER_BUGS: Final[tuple[Switch, ...]] = (
    an_account_uses_it_as_often_as_it_likes,
    a_promotion_without_an_end,
    promotions_and_coupons_are_not_reserved,
    taken_off_twice,
    one_more_than_was_offered,
    any_signature_will_do,
    a_notice_that_never_grows_old,
    none_is_an_algorithm,
    one_channel_speaks_for_another,
)
