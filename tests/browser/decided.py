"""What our people have decided about all that has happened, each with a reason in their words."""

from typing import Any, Final

from tests.browser.everything import DEAR, GONE, SKU, TO_HOLD, Maker
from tests.e2e.shop import until

ASIDE: Final = "jcard-30"
KINDS: Final = (
    "refund", "refused", "recalled", "set_aside", "review_hidden", "review_shown", "threshold",
    "price", "cancelled", "blocked", "unblocked", "level", "deposit",
)  # fmt: skip
"""What the auditor reads of it."""


class Decider:
    """One of our people, with a reason for everything."""

    def __init__(self, maker: Maker) -> None:
        self.maker, self.staff = maker, maker.staff

    def because(self, why: str, **more: Any) -> dict[str, Any]:
        """The body of a decision."""
        return {"reason": self.maker.words(why), **more}

    def about_orders(self, order_id: str) -> None:
        """A part goes back, a held one is refused, an unpaid one is given up."""
        maker = self.maker
        part = self.because("补偿差价", account_id=maker.account, lines=[1], amount=100)
        self.staff("POST", f"/v1/admin/orders/{order_id}/refunds", part)
        dear = maker.ordered(DEAR, TO_HOLD)
        assert dear["state"] == "in_review", dear
        held = dear["order_id"]
        until(lambda: held in str(maker.shop.operator("GET", "/v1/admin/holds").json()))
        refusal = self.because("联系不上本人", decision="refuse")
        self.staff("POST", f"/v1/admin/holds/{held}/decide", refusal)
        unpaid = maker.ordered(SKU, pay_with="yunfu")["order_id"]
        self.staff("POST", f"/v1/admin/orders/{unpaid}/cancel", self.because("重复下单"))

    def about_cards(self, order_id: str) -> None:
        """One that was sold is called back, some are set aside, a threshold is set."""
        shown = self.maker.buyer("POST", f"/v1/orders/{order_id}/lines/1/reveal")
        card = shown["cards"][0]["card_id"]
        at = "/v1/admin/stock"
        self.staff("POST", f"{at}/{SKU}/recalls", self.because("厂商作废", card_ids=[card]))
        aside = self.because("待厂商核实", everything=True)
        self.staff("POST", f"{at}/{ASIDE}/quarantines", aside)
        self.staff("POST", f"{at}/{GONE}/threshold", self.because("卖得快", units=3))

    def about_the_shelf(self) -> None:
        """A price changes; a review is hidden, and shown again."""
        tier = {"quantity_min": 50, "price": 47_00}
        price = {"sku": SKU, "price": 48_00, "member_price": 47_50, "tiers": [tier]}
        changed = self.because("随厂商调价", price=price)
        self.staff("PATCH", "/v1/admin/products/steam", changed)
        reviews = until(
            lambda: self.maker.shop.operator("GET", "/v1/admin/reviews").json()["items"]
        )
        judging = f"/v1/admin/reviews/{reviews[0]['review_id']}/judge"
        self.staff("POST", judging, self.because("含联系方式", shown=False))
        self.staff("POST", judging, self.because("已核实", shown=True))

    def about_people(self) -> None:
        """An account is blocked, let in again, given a level: whom we trust is held no more."""
        at = f"/v1/admin/accounts/{self.maker.account}"
        self.staff("POST", f"{at}/block", self.because("疑似盗号"))
        self.staff("POST", f"{at}/unblock", self.because("本人已核实"))
        self.staff("POST", f"{at}/level", self.because("老客户", level="member"))


def decided(maker: Maker, order_id: str) -> None:
    """Let them decide."""
    decider = Decider(maker)
    decider.about_orders(order_id)
    decider.about_cards(order_id)
    decider.about_the_shelf()
    decider.about_people()
