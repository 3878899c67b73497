"""A SKU is sold by one product: its stock is one queue, whoever's name stands on it."""

from msgspec.structs import replace

from services.gateway.door.catalogue import snapshot
from services.gateway.projections import catalogue
from services.gateway.projections.catalogue import ProductDoc
from tests.unit.gateway.test_read_models import listed


def product(product_id: str, *, on_shelf: bool = True) -> ProductDoc:
    doc = catalogue.apply(None, listed())
    assert doc is not None
    return replace(doc, product_id=product_id, listed=on_shelf)


def test_a_sku_of_another_product_is_found_by_its_place_in_the_listing() -> None:
    now = snapshot([(0, 1, product("p"))])
    assert now.elsewhere("q", ["new", "other", "sku"]) == [1, 2]
    assert now.elsewhere("p", ["other", "sku"]) == []


def test_what_is_off_the_shelf_sells_nothing_and_hides_nothing() -> None:
    on, off = product("q"), product("p", on_shelf=False)
    assert snapshot([(0, 1, off)]).elsewhere("q", ["sku"]) == []
    for rows in ([(0, 1, off), (1, 1, on)], [(1, 1, on), (0, 1, off)]):
        assert snapshot(rows).skus["sku"].product.product_id == "q"
