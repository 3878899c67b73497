"""A shop in which everything has happened once: each page of shop and console has its say.

Whatever a person can write somewhere is written here, in the words that are asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from playwright.sync_api import BrowserContext

from deploy.load.people import People
from tests.browser.conftest import Visitor
from tests.e2e.shop import Shop, until

SKU: Final = "steam-50"
DEAR: Final = "steam-500"
TO_HOLD: Final = 22
"""So many of the dear ones at once want a person."""
GONE: Final = "eshop-jp-3000"
MONEY: Final = 3_000_000
WAIT: Final = {"Prefer": "wait=20"}
COMPANY_CODE: Final = "91350100M000100Y43"
Words = Callable[[str], str]


def plainly(text: str) -> str:
    """As people write."""
    return text


def hostile(text: str) -> str:
    """As those write who want to see what happens."""
    return f'{text} <img src=x onerror="wrong=1">'


@dataclass(frozen=True)
class Everything:
    """Who sees it, and by which names it is found."""

    buyer: str
    owner: str
    order_id: str
    disputed_id: str
    thread_id: str
    account: str

    def enter(self, context: BrowserContext, home: str, language: str = "zh") -> None:
        """Be the buyer in the shop and the owner in the console, without the tour."""
        context.add_cookies([
            {"name": "kameng_session", "value": self.buyer, "url": home},
            {"name": "kameng_operator", "value": self.owner, "url": home},
        ])  # fmt: skip
        kept = {"toured": "1", "signed-in": "1", "language": language}
        context.add_init_script(
            "".join(f"localStorage.setItem('kameng.{key}', '{kept[key]}');" for key in kept)
        )

    def walk(self, visitor: Visitor) -> Iterator[str]:
        """Every page's name, when it is there and nothing more comes."""
        for name, at in (self.shop | self.console).items():
            visitor.open(at)
            visitor.page.wait_for_load_state("networkidle")
            assert "sign-in" not in visitor.page.url, f"{name} asks again who this is"
            yield name

    @property
    def shop(self) -> dict[str, str]:
        """Every page of the shop: a name, its address."""
        own = ("orders", "account", "wallet", "batches", "invoices", "requests", "support")
        return {
            "home": "/", "help": "/help", "article": "/help/steam", "lost": "/p/nothing",
            "product": f"/p/steam?sku={SKU}", "sold-out": "/p/eshop-jp", "top-up": "/p/genshin",
            "order": f"/orders/{self.order_id}", "order-disputed": f"/orders/{self.disputed_id}",
            "thread": f"/support/{self.thread_id}", "developers": "/developers", "docs": "/docs",
            **{name: f"/{name}" for name in own},
        }  # fmt: skip

    @property
    def console(self) -> dict[str, str]:
        """Every page of the console."""
        rooms = (
            "board", "orders", "holds", "disputes", "stock", "prices", "promotions", "topups",
            "suppliers", "support", "requests", "invoices", "reviews", "webhooks", "parked",
            "audits", "staff",
        )  # fmt: skip
        return {
            **{f"console-{name}": f"/console/{name}" for name in rooms},
            "console-order": f"/console/orders/{self.disputed_id}",
            "console-sku": f"/console/stock/{SKU}",
            "console-thread": f"/console/support/{self.thread_id}",
            "console-accounts": "/console/accounts?q=" + self.account,
            "console-account": f"/console/accounts/{self.account}",
            "console-lost": "/console/nothing",
        }


class Maker:
    """Lets it all happen, one after the other, at the door."""

    def __init__(self, shop: Shop, words: Words = plainly) -> None:
        self.shop, self.words, self.people = shop, words, People(shop.run)
        self.session = self.people.sign_up()
        self.account = str(self.session["account_id"])

    def buyer(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """What the buyer is answered, when it has come to rest."""
        return self.people.buyer(self.session, method, path, body, wait_s=20)

    def staff(self, method: str, path: str, body: Any) -> dict[str, Any]:
        """What the owner is answered."""
        answer = self.shop.operator(method, path, body, **WAIT)
        assert answer.is_success, (path, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    def money(self, account: str) -> None:
        """Put some into a wallet."""
        body = {"amount": {"amount": MONEY, "currency": "CNY"}, "reason": self.words("活动补贴")}
        self.staff("POST", f"/v1/admin/wallets/{account}/deposits", body)

    def skus(self) -> dict[str, Any]:
        """What is on the shelf."""
        products = self.buyer("GET", "/v1/products?limit=100")["items"]
        return {offer["sku"]: offer for each in products for offer in each["skus"]}

    def ordered(
        self, sku: str, quantity: int = 1, pay_with: str = "wallet", **more: Any
    ) -> dict[str, Any]:
        """An order, as it rests."""
        price = self.skus()[sku]["price"]
        line = {"sku": sku, "quantity": quantity, "unit_price": price, **more}
        return self.buyer("POST", "/v1/orders", {"lines": [line], "pay_with": pay_with})

    def reviewed(self) -> str:
        """An order that came to its end, with a review."""
        made = self.ordered(SKU)["order_id"]
        self.buyer("POST", f"/v1/orders/{made}/lines/1/reveal")
        self.buyer("POST", f"/v1/orders/{made}/confirm")
        until(lambda: self.buyer("GET", f"/v1/orders/{made}")["state"] == "completed")
        said = {"rating": 5, "text": self.words("几秒钟就到账，卡密旁边的图文指南很清楚。")}
        self.buyer("POST", f"/v1/orders/{made}/lines/1/review", said)
        return str(made)

    def disputed(self) -> tuple[str, str]:
        """An order with a dispute, an invoice asked for and a thread; and the thread."""
        made = self.ordered(SKU, 2)["order_id"]
        photo: dict[str, Any] = {"name": self.words("截图") + ".png", "media_type": "image/png",
                 "size_bytes": 90_000, "sha256": "0" * 64}  # fmt: skip
        bad = {"line": 1, "quantity": 1, "wants": "replacement", "attachments": [photo],
               "text": self.words("兑换时提示该卡已被使用")}  # fmt: skip
        dispute = self.buyer("POST", f"/v1/orders/{made}/disputes", bad)["dispute_id"]
        asked = {"text": self.words("是在哪一步提示的？")}
        self.staff("POST", f"/v1/admin/disputes/{dispute}/ask", asked)
        told = {"text": self.words("输入卡密之后"), "attachments": [photo]}
        self.buyer("POST", f"/v1/orders/{made}/disputes/{dispute}/evidence", told)
        invoice = {"kind": "company", "title": self.words("福州某某科技有限公司"),
                   "tax_number": COMPANY_CODE, "email": "a@example.cn"}  # fmt: skip
        self.buyer("POST", f"/v1/orders/{made}/invoice", invoice)
        ask = {"order_id": made, "line": 1, "step": "receive",
               "text": self.words("卡密在哪里输入？")}  # fmt: skip
        thread = self.buyer("POST", "/v1/support", ask)["thread_id"]
        answer = {"text": self.words("登录 Steam，打开「账户明细」，再选「为您的钱包充值」。")}
        self.staff("POST", f"/v1/admin/support/{thread}/messages", answer)
        return str(made), str(thread)

    def wish(self, text: str) -> str:
        """A request for what is on no shelf."""
        body = {"text": self.words(text), "quantity": 5, "budget": 60_000,
                "contact": self.words("微信同手机号")}  # fmt: skip
        return str(self.buyer("POST", "/v1/requests", body)["request_id"])

    def listing(self) -> dict[str, Any]:
        """A product that is sold out from the first."""
        sku = {"sku": GONE, "name": self.words("3000 日元"), "face_value": 15_000,
               "price": 14_600, "low_stock": 1}  # fmt: skip
        return {
            "product_id": "eshop-jp", "name": self.words("任天堂 eShop 点卡（日服）"),
            "category": ["游戏点卡", self.words("任天堂")], "kind": "card", "skus": [sku],
            "guide": self.words("打开 eShop，选「兑换码」，输入 16 位代码。"),
        }  # fmt: skip

    def wishes(self) -> None:
        """Requests, a waitlist, a saved target, a batch."""
        self.wish("团队授权 5 席，可开专票")
        declined, why = self.wish("绝版手办兑换码"), {"reason": self.words("没有可靠的货源")}
        self.staff("POST", f"/v1/admin/requests/{declined}/decline", why)
        asked = self.wish("Steam 礼品卡 20 美元")
        quote = {"name": self.words("Steam 礼品卡 20 美元"), "quantity": 5, "unit_price": 14_200}
        quote |= {"valid_days": 3, "shape": "code"}
        self.staff("POST", f"/v1/admin/requests/{asked}/quote", quote)
        self.staff("POST", "/v1/admin/products", self.listing())
        until(lambda: GONE in self.skus())
        self.buyer("POST", "/v1/waitlist", {"sku": GONE})
        kept = {"name": self.words("妈妈的手机"), "fields": {"number": "13800138000"}}
        self.buyer("POST", "/v1/targets", kept)
        price = {"amount": 4_800, "currency": "CNY"}
        lines = [{"sku": SKU, "quantity": 1, "unit_price": price, "reference": self.words("A-1")},
                 {"sku": "no-such", "quantity": 1, "unit_price": price}]  # fmt: skip
        self.buyer("POST", "/v1/batches", {"lines": lines})

    def hooks(self) -> None:
        """A webhook that is told of everything, and one that was barred."""
        words = self.words("all").replace(" ", "/")
        for name, query in (("shop-till", ""), ("old-till", f"?of={words}")):
            hook = {"url": f"{self.shop.run['twins']['webhook']}/hook/{name}{query}"}
            self.buyer("PUT", f"/v1/webhooks/{name}", hook)
        found = self.buyer("GET", "/v1/webhooks/old-till")["endpoint_id"]
        why = {"reason": self.words("推送过于频繁")}
        self.staff("POST", f"/v1/admin/webhooks/{found}/bar", why)

    def trade(self) -> None:
        """A key, a webhook, a promotion that runs, one that will, a coupon, a top-up, a hold."""
        self.buyer("POST", "/v1/api-keys", {"name": self.words("收银台")})
        self.hooks()
        now, day = datetime.now(UTC), timedelta(days=1)
        running = {"sku": "jcard-10", "price": 850, "units": 500, "per_account": 5,
                   "below_cost": self.words("拉新补贴"),
                   "ends_at": _iso(now + day)}  # fmt: skip
        planned = {**running, "price": 800, "starts_at": _iso(now + 2 * day),
                   "ends_at": _iso(now + 3 * day)}  # fmt: skip
        for each in (running, planned):
            self.staff("POST", "/v1/admin/products/jcard/promotions", each)
        coupon = {"code": "HELLO-5", "off": 500, "amount_min": 5_000, "uses": 1_000,
                  "ends_at": _iso(now + day)}  # fmt: skip
        self.staff("POST", "/v1/admin/coupons", coupon)
        self.ordered("cmcc-fast-30", target="13800138000")
        low: dict[str, Any] = {"units": 5, "reason": self.words("卖得快")}
        self.staff("POST", f"/v1/admin/stock/{SKU}/threshold", low)
        held = self.ordered(DEAR, TO_HOLD)
        assert held["state"] == "in_review", held


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def everything(maker: Maker) -> Everything:
    """Let it happen."""
    maker.money(maker.account)
    order_id = maker.reviewed()
    disputed_id, thread_id = maker.disputed()
    maker.wishes()
    maker.trade()
    return Everything(
        str(maker.session["token"]),
        maker.shop.token,
        order_id,
        disputed_id,
        thread_id,
        maker.account,
    )
