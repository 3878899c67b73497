"""A day of trouble: what goes wrong outside, and how each order ends all the same."""

from collections.abc import Iterator
from typing import Any, Final

import httpx

from deploy.local.refusal import Refusal

from .people import People, until

CARD: Final = "steam-50"
DEAR: Final = "steam-500"
DEAR_CARDS: Final = 22
"""Over the amount that a person looks at."""
TOP_UP: Final = "cmcc-fast-30"
NUMBER: Final = "13800138000"
DELAY_MS: Final = 2_000
UNKNOWN_MS: Final = 3_000
PURSE: Final = 3_000_000
"""Fen."""
LISTED: Final = "/v1/products?limit=100"
WAIT_S: Final = 20
SOON_S: Final = 2
TWO: Final = 2
"""The bad one and the one instead of it."""
FEN: Final = 100


class Day:
    """The reseller's orders, the operator's decisions, the twins' misbehaviour."""

    def __init__(self, run: dict[str, Any]) -> None:
        self._people = People(run)

    def troubles(self) -> Iterator[str]:
        """One after the other; each is told when it is over. Raises Refusal where one is not."""
        for trouble in (
            self.paid_too_late, self.told_ten_times, self.nobody_knows, self.first_supplier_fails,
            self.looked_at, self.a_bad_card, self.complained_of,
        ):  # fmt: skip
            yield trouble()

    def paid_too_late(self) -> str:
        """The money comes when the order is dead."""
        before, order = self._balance(), self._order(CARD, pay_with="yunfu")
        self._people.script("payment", {"do": "answer", "on": "notify", "delay_ms": DELAY_MS})
        self._pay(order)
        self._people.reseller("POST", f"{_path(order)}/cancel", wait_s=WAIT_S)
        wanted = before + order["total"]["amount"]
        until(lambda: self._balance() == wanted, "the late money is in the wallet")
        return f"paid after it was cancelled: {_yuan(order)} are in the wallet, not lost"

    def told_ten_times(self) -> str:
        """The channel's callback repeats."""
        order = self._order(CARD, pay_with="kapay")
        self._people.script("payment", {"do": "duplicate", "on": "notify"})
        self._pay(order)
        self._until(order, "delivered")
        cards = len(self._reveal(order)["cards"])
        if cards != 1:
            raise Refusal(f"{order['order_id']} got {cards} cards for one payment.")
        return "told ten times at once that it is paid: one payment, one card"

    def nobody_knows(self) -> str:
        """The supplier does not know what became of a top-up."""
        before = self._topped_up()
        steps = {"do": "unknown", "for_ms": UNKNOWN_MS, "then": "done"}
        self._people.script("supplier", steps)
        order = self._order(TOP_UP, target=NUMBER, wait_s=SOON_S)
        self._until(order, "delivered")
        times = self._topped_up() - before
        if times != 1:
            raise Refusal(f"{order['order_id']} topped its number up {times} times.")
        return "nobody knew whether the number was topped up: asked again, once and no more"

    def first_supplier_fails(self) -> str:
        """A certain no of the first is where the second begins."""
        self._people.script("supplier", {"do": "out_of_stock", "supplier": "xinghe"})
        order = self._order(TOP_UP, target=NUMBER)
        self._until(order, "delivered")
        return "the first supplier had none left: the second delivered"

    def looked_at(self) -> str:
        """Risk wants a person to look at it."""
        people, session = self._people, self._people.sign_up()
        gift = {"amount": {"amount": PURSE, "currency": "CNY"}, "reason": "a day of trouble"}
        wallet = f"/v1/admin/wallets/{session['account_id']}/deposits"
        people.operator("POST", wallet, gift, wait_s=WAIT_S)
        listed = people.buyer(session, "GET", LISTED)["items"]
        wanted = {"lines": [_line(listed, DEAR, DEAR_CARDS)], "pay_with": "wallet"}
        order = people.buyer(session, "POST", "/v1/orders", wanted, wait_s=WAIT_S)
        if order["state"] != "in_review":
            raise Refusal(f"{order['order_id']} of {_yuan(order)} was not held for review.")
        path = f"/v1/admin/holds/{order['order_id']}/decide"
        decision = {"decision": "release", "reason": "a regular, called back"}
        held = until(lambda: self._held(order), "the hold is listed")
        people.operator("POST", path, decision, wait_s=WAIT_S)

        def delivered() -> bool:
            return bool(people.buyer(session, "GET", _path(order))["state"] == "delivered")

        until(delivered, "what was released is delivered")
        rules = ", ".join(held["rules"])
        return f"{_yuan(order)} of a newcomer held by {rules}: a person let it go, delivered"

    def a_bad_card(self) -> str:
        """A card that was sold is called back by its publisher."""
        order = self._order(CARD)
        card = self._reveal(order)["cards"][0]["card_id"]
        recall = {"card_ids": [card], "reason": "the publisher called it back"}
        self._people.operator("POST", f"/v1/admin/stock/{CARD}/recalls", recall)
        offer = until(lambda: self._disputes(order), "its buyer is offered another one")[0]
        choice = f"{_path(order)}/disputes/{offer['dispute_id']}/choice"
        self._people.reseller("POST", choice, {"wants": "replacement"}, wait_s=WAIT_S)
        until(lambda: len(self._reveal(order)["cards"]) == TWO, "the other card is there")
        return "a sold card was called back: its buyer was offered another one, and has it"

    def complained_of(self) -> str:
        """A buyer says that a card does not work."""
        order, before = self._order(CARD), self._balance()
        said = {"line": 1, "quantity": 1, "wants": "refund", "text": "it says: already used"}
        opened = self._people.reseller("POST", f"{_path(order)}/disputes", said, wait_s=WAIT_S)
        path = f"/v1/admin/disputes/{opened['dispute_id']}/decide"
        verdict = {"outcome": "refund", "reason": "the publisher says so too"}
        self._people.operator("POST", path, verdict, wait_s=WAIT_S)
        wanted = before + order["total"]["amount"]
        until(lambda: self._balance() == wanted, "the money is back")
        return f"a card that did not work: {_yuan(order)} went back, by a person, with the reason"

    def _order(
        self, sku: str, *, pay_with: str = "wallet", target: str = "", wait_s: int = WAIT_S
    ) -> dict[str, Any]:
        line = _line(self._people.reseller("GET", LISTED)["items"], sku)
        if target:
            line["target"] = target
        body = {"lines": [line], "pay_with": pay_with}
        return self._people.reseller("POST", "/v1/orders", body, wait_s=wait_s)

    def _pay(self, order: dict[str, Any]) -> None:
        httpx.post(order["pay_url"]).raise_for_status()

    def _until(self, order: dict[str, Any], state: str) -> None:
        def there() -> bool:
            return bool(self._people.reseller("GET", _path(order))["state"] == state)

        until(there, f"{order['order_id']} is {state}")

    def _reveal(self, order: dict[str, Any]) -> dict[str, Any]:
        return self._people.reseller("POST", f"{_path(order)}/lines/1/reveal")

    def _balance(self) -> int:
        return int(self._people.reseller("GET", "/v1/wallet")["balance"]["amount"])

    def _topped_up(self) -> int:
        return len(httpx.get(self._people.run["twins"]["supplier"] + "/topups").json()["items"])

    def _disputes(self, order: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._people.reseller("GET", f"{_path(order)}/disputes")[
            "items"
        ]
        return found

    def _held(self, order: dict[str, Any]) -> dict[str, Any] | None:
        held = self._people.operator("GET", "/v1/admin/holds?limit=100")["items"]
        return next((hold for hold in held if hold["order_id"] == order["order_id"]), None)


def _line(listed: list[dict[str, Any]], sku: str, quantity: int = 1) -> dict[str, Any]:
    """At the price that this buyer is shown."""
    price = next(s["price"] for p in listed for s in p["skus"] if s["sku"] == sku)
    return {"sku": sku, "quantity": quantity, "unit_price": price}


def _path(order: dict[str, Any]) -> str:
    return f"/v1/orders/{order['order_id']}"


def _yuan(order: dict[str, Any]) -> str:
    return f"¥{order['total']['amount'] / FEN:,.2f}"
