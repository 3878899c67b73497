"""The sample shop's catalogue, as the commands that list it.

Team licences and shared accounts are not in it: they are sold by quote and by seat.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shared.contracts.catalog import Form, Kind, Listing, ListProduct, Offer, Shape, Tier
from shared.kernel.ids import derive

from .forms import GENSHIN_UID, QQ, phone

GUIDES: Final = Path(__file__).parent / "guides"
YUAN: Final = 100
"""Minor units."""
ONE: Final = 1000
"""Shares of a face value are in thousandths: 985 is 98.5 %."""
CARD_QUANTITY_MAX: Final = 1000
CARD_LOW_STOCK: Final = 20


@dataclass(frozen=True)
class Rates:
    """What a unit costs whom of its face value, in thousandths."""

    retail: int
    member: int
    wholesale: tuple[tuple[int, int], ...] = ()
    """Units in one line from which a share holds, and the share."""
    cost: int = 0
    """What one costs the shop: under the lowest price; 0 where nobody has said."""


@dataclass(frozen=True)
class Sample:
    """One product; its guide is `guides/<product id>.md`."""

    product_id: str
    name: str
    category: tuple[str, ...]
    kind: Kind
    search: tuple[str, ...]
    offers: tuple[Offer, ...]
    form: Form | None = None
    shape: Shape | None = None

    def command(self, by: str) -> ListProduct:
        """List it: the same command whenever it is made."""
        return ListProduct(
            product_id=self.product_id,
            request_id=derive("sample", self.product_id),
            by=by,
            listing=Listing(
                name=self.name,
                category=self.category,
                kind=self.kind,
                currency="CNY",
                guide=(GUIDES / f"{self.product_id}.md").read_text("utf-8"),
                search=self.search,
                offers=self.offers,
                form=self.form,
                shape=self.shape,
            ),
        )


def commands(by: str = "sample") -> Iterator[ListProduct]:
    """The whole catalogue; sent twice, it is listed once."""
    return (sample.command(by) for sample in SAMPLES)


def card_skus() -> tuple[str, ...]:
    """The SKUs that are sold from stock."""
    return tuple(
        offer.sku for sample in SAMPLES if sample.kind == "card" for offer in sample.offers
    )


def topup_skus() -> tuple[str, ...]:
    """The SKUs that a supplier delivers: sold from a quota."""
    return tuple(
        offer.sku for sample in SAMPLES if sample.kind == "topup" for offer in sample.offers
    )


def share(face_value: int, thousandths: int) -> int:
    """So much of a face value, minor units; exact, or it is no price."""
    amount, rest = divmod(face_value * thousandths, ONE)
    assert rest == 0, f"{thousandths}/{ONE} of {face_value} is no whole number of minor units"
    return amount


def _of_face(
    product_id: str, yuan: int, rates: Rates, quantity_max: int, name: str = "{}元"
) -> Offer:
    face_value = yuan * YUAN
    tiers = (
        Tier(quantity_min=units, price=share(face_value, thousandths))
        for units, thousandths in rates.wholesale
    )
    return Offer(
        sku=f"{product_id}-{yuan}",
        name=name.format(yuan),
        face_value=face_value,
        price=share(face_value, rates.retail),
        member_price=share(face_value, rates.member),
        tiers=tuple(tiers),
        quantity_max=quantity_max,
        low_stock=CARD_LOW_STOCK if quantity_max == CARD_QUANTITY_MAX else 0,
        cost=share(face_value, rates.cost) or None,
    )


def _cards(product_id: str, denominations: tuple[int, ...], rates: Rates) -> tuple[Offer, ...]:
    return tuple(_of_face(product_id, yuan, rates, CARD_QUANTITY_MAX) for yuan in denominations)


def _topups(
    product_id: str, denominations: tuple[int, ...], rates: Rates, quantity_max: int = 1
) -> tuple[Offer, ...]:
    return tuple(_of_face(product_id, yuan, rates, quantity_max) for yuan in denominations)


def _plain(
    sku: str, name: str, cost: int, price: int, member: int, *tiers: tuple[int, int]
) -> Offer:
    """A card without a face value."""
    return Offer(
        sku=sku,
        name=name,
        face_value=0,
        price=price,
        member_price=member,
        tiers=tuple(Tier(quantity_min=units, price=each) for units, each in tiers),
        quantity_max=CARD_QUANTITY_MAX,
        low_stock=CARD_LOW_STOCK,
        cost=cost,
    )


def _fast(carrier: str, name: str, *search: str) -> Sample:
    product_id = f"{carrier}-fast"
    return Sample(
        product_id,
        f"{name}话费快充",
        ("话费充值", "快充"),
        "topup",
        (*search, "huafei", "hf", "kuaichong", "kc"),
        _topups(product_id, (30, 50, 100, 200, 300, 500), Rates(995, 990, cost=940)),
        phone(carrier),
    )


GAME_CARD: Final = Rates(985, 980, ((100, 975),), 960)
STEAM: Final = Rates(960, 950, ((50, 945),), 900)
GENSHIN: Final = Rates(950, 940, ((10, 930),), 910)
QCOIN: Final = Rates(980, 975, cost=950)
QCOIN_SINGLE: Final = Rates(980, 980, cost=950)
"""A member's 97.5 % of one yuan would be half a minor unit: it holds from ten on."""
QCOIN_LINE_MAX: Final = 500
GENSHIN_LINE_MAX: Final = 100
CRYSTALS_PER_YUAN: Final = 10

SAMPLES: Final = (
    Sample(
        "jcard", "骏网一卡通", ("游戏点卡", "骏网一卡通"), "card",
        ("骏卡", "junwangyikatong", "junwang", "jwykt", "jw", "jcard"),
        _cards("jcard", (10, 30, 50, 100), GAME_CARD),
        shape="number_secret",
    ),
    Sample(
        "qcoin", "Q币直充", ("游戏点卡", "Q币"), "topup",
        ("qq币", "腾讯", "qbi", "qb", "qbzc", "tengxun", "tx"),
        (
            _of_face("qcoin", 1, QCOIN_SINGLE, QCOIN_LINE_MAX, "{} Q币"),
            _of_face("qcoin", 10, QCOIN, QCOIN_LINE_MAX // 10, "{} Q币"),
        ),
        QQ,
    ),
    Sample(
        "genshin", "原神 创世结晶", ("游戏点卡", "原神"), "topup",
        ("yuanshen", "ys", "chuangshijiejing", "csjj", "genshin", "genesis crystal"),
        tuple(
            _of_face(
                "genshin", yuan, GENSHIN, GENSHIN_LINE_MAX,
                f"{{}}元 · {yuan * CRYSTALS_PER_YUAN} 创世结晶",
            )
            for yuan in (6, 30, 68, 198, 328, 648)
        ),
        GENSHIN_UID,
    ),
    Sample(
        "steam", "Steam 钱包码", ("游戏点卡", "Steam"), "card",
        ("蒸汽", "充值卡", "steam", "qianbaoma", "qbm", "wallet code"),
        _cards("steam", (50, 100, 200, 500), STEAM),
    ),
    _fast("cmcc", "中国移动", "移动", "zhongguoyidong", "yidong", "zgyd", "yd", "china mobile"),
    _fast("cucc", "中国联通", "联通", "zhongguoliantong", "liantong", "zglt", "lt", "china unicom"),
    _fast("ctcc", "中国电信", "电信", "zhongguodianxin", "dianxin", "zgdx", "dx", "china telecom"),
    Sample(
        "phone-slow", "话费慢充（0–72小时）", ("话费充值", "慢充"), "topup",
        ("三网", "huafeimanchong", "huafei", "manchong", "hfmc", "mc"),
        _topups("phone-slow", (100, 200), Rates(950, 940, cost=920)),
        phone(),
    ),
    Sample(
        "cmcc-card", "移动充值卡", ("话费充值", "充值卡"), "card",
        ("神州行", "yidongchongzhika", "yidong", "ydczk", "czk", "yd"),
        _cards("cmcc-card", (50, 100), GAME_CARD),
        shape="number_secret",
    ),
    Sample(
        "office", "办公套件", ("软件授权", "办公"), "card",
        ("正版授权", "激活码", "bangongtaojian", "bangong", "bgtj", "office"),
        (_plain("office-1y", "1年 · 1席", 138_00, 199_00, 189_00, (10, 169_00), (100, 149_00)),),
    ),
    Sample(
        "video", "视频会员", ("会员订阅", "视频"), "card",
        ("月卡", "季卡", "年卡", "shipinhuiyuan", "shipin", "sphy", "vip"),
        (
            _plain("video-30", "月卡 · 30天", 12_00, 15_00, 14_20, (20, 13_50)),
            _plain("video-90", "季卡 · 90天", 36_00, 45_00, 42_60, (20, 40_50)),
            _plain("video-365", "年卡 · 365天", 144_00, 180_00, 170_40, (20, 162_00)),
        ),
    ),
)  # fmt: skip
