"""Finding products: by name, pinyin or initials, with typos, by price and discount (A2, A3, A4)."""

import pytest
from msgspec import structs

from services.gateway.api.searching import Wanted, matches
from services.gateway.projections.catalogue import OfferDoc, ProductDoc, PromotionDoc
from services.gateway.projections.queries import Stock
from services.gateway.projections.sounds import SYLLABLES_MAX, sounds_of
from shared.kernel.quotas import promotion_sku

ANY = Wanted((), "", 0, 10**12, -(10**8), "relevance")


def product(name: str, *search: str, price: int = 9_500, face: int = 10_000) -> ProductDoc:
    offer = OfferDoc("sku", "100元", face, price, price - 100, (), 10, 0)
    return ProductDoc("p", 1, True, name, ("游戏点卡", name), "card", "CNY", "", search, (offer,))


GENSHIN = product("原神 创世结晶", "yuanshen", "ys", "genshin")


@pytest.mark.parametrize("words", ["原神", "yuanshen", "ys", "YS", "创世", "yuanshn", "gensin"])
def test_a_game_is_found_however_it_is_written(words: str) -> None:
    assert (
        matches(GENSHIN, ANY._replace(words=tuple(words.casefold().split())), "retail") is not None
    )


@pytest.mark.parametrize("words", ["steam", "yx", "ab", "原石"])
def test_what_was_not_meant_is_not_found(words: str) -> None:
    assert matches(GENSHIN, ANY._replace(words=(words,)), "retail") is None


@pytest.mark.parametrize(
    "words", ["原神", "yuanshen", "yuansheng", "ys", "yscs", "chuangshi", "youxidianka", "yxdk"]
)
def test_a_game_is_found_by_its_sound_though_nobody_wrote_that_down(words: str) -> None:
    sounds = sounds_of(("原神 创世结晶", "游戏点卡"))
    untold = structs.replace(product("原神 创世结晶"), sounds=sounds)
    assert matches(untold, ANY._replace(words=(words,)), "retail") is not None
    for other in ("steam", "zz", "wangzhe"):
        assert matches(untold, ANY._replace(words=(other,)), "retail") is None


def test_a_sound_is_the_words_own_and_bounded() -> None:
    assert sounds_of(("重庆银行",)) == ("chongqingyinhang", "cqyh")
    assert sounds_of(("Q币 直充", "Steam")) == ("qbizhichong", "qbzc")
    assert len(sounds_of(("神" * 500,))[1]) == SYLLABLES_MAX


def test_an_exact_name_comes_before_a_typo() -> None:
    exact = matches(GENSHIN, ANY._replace(words=("yuanshen",)), "retail")
    typo = matches(GENSHIN, ANY._replace(words=("yuanshn",)), "retail")
    assert exact is not None
    assert typo is not None
    assert exact < typo


def test_prices_are_those_that_this_buyer_pays() -> None:
    wanted = ANY._replace(price_max=9_400)
    assert matches(GENSHIN, wanted, "retail") is None
    assert matches(GENSHIN, wanted, "member") is not None


def test_bounds_are_inclusive() -> None:
    assert matches(GENSHIN, ANY._replace(price_min=9_500, price_max=9_500), "retail") is not None
    assert matches(GENSHIN, ANY._replace(discount_min=500), "retail") is not None
    assert matches(GENSHIN, ANY._replace(discount_min=501), "retail") is None


def test_an_unknown_category_holds_nothing() -> None:
    assert matches(GENSHIN, ANY._replace(category="游戏点卡"), "retail") is not None
    assert matches(GENSHIN, ANY._replace(category="火星"), "retail") is None


def test_sorting_ranks_by_what_was_asked() -> None:
    cheap, dear = product("a", price=5_000), product("b", price=9_000)
    for sort, first, second in (
        ("price", cheap, dear),
        ("-price", dear, cheap),
        ("discount", cheap, dear),
    ):
        one = matches(first, ANY._replace(sort=sort), "retail")
        other = matches(second, ANY._replace(sort=sort), "retail")
        assert one is not None
        assert other is not None
        assert one < other


def test_a_promotion_is_a_price_that_is_sought_while_some_of_it_is_left() -> None:
    flash = PromotionDoc("flash", "sku", 8_000, 0, 10**15, 10, 1)
    promoted = structs.replace(GENSHIN, promotions=(flash,))
    cheap = ANY._replace(price_max=8_000, discount_min=2_000)
    left = {promotion_sku("p", "flash"): Stock("q", 10, 3, 0, 7, 0, 1)}
    gone = {promotion_sku("p", "flash"): Stock("q", 10, 0, 0, 10, 0, 1)}
    assert matches(promoted, cheap, "retail", left) is not None
    assert matches(promoted, cheap, "retail", gone) is None
    assert matches(promoted, cheap, "retail") is None
