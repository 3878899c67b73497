"""Operators list products, change what they cost, and take them off the shelf."""

from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.requests import Answer
from services.gateway.projections.catalogue import OfferDoc, ProductDoc
from services.gateway.projections.queries import LISTING
from shared.contracts.catalog import (
    ChangePrice,
    DelistProduct,
    Form,
    Listing,
    ListProduct,
    Offer,
    Tier,
)
from shared.contracts.catalog import Shape as CardShape
from shared.kernel import ids
from shared.kernel.forms import FIELDS_MAX, LENGTH_MAX

from .asking import door_of, operator
from .bodies import json_answer, read_body
from .once import ask, once, request_id_of, wait_of
from .outcomes import outcome
from .problems import Problem
from .routes import Route
from .shapes import NAME_LENGTH_MAX, OFFERS_MAX, TEXT_LENGTH_MAX, Amount, Id, Name, Quantity, Shape

TIERS_MAX: Final = 20
CATEGORY_DEPTH_MAX: Final = 6
ALIASES_MAX: Final = 50
WINDOW_H_MAX: Final = 8_760

Text = Annotated[str, Field(max_length=TEXT_LENGTH_MAX)]
Names = Annotated[list[Name], Field(max_length=ALIASES_MAX)]
Category = Annotated[list[Name], Field(min_length=1, max_length=CATEGORY_DEPTH_MAX)]


class NewTier(Shape):
    """A lower price from a quantity on."""

    quantity_min: Quantity
    price: Amount
    """Minor units, each."""


Tiers = Annotated[list[NewTier], Field(max_length=TIERS_MAX)]


class NewOffer(Shape):
    """A SKU; amounts in minor units of the product's currency."""

    sku: Id
    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH_MAX)]
    face_value: Amount = 0
    price: Amount
    member_price: Amount | None = None
    """The same as `price` unless said."""
    tiers: Tiers = Field(default_factory=list)
    quantity_max: Quantity = 100
    low_stock: Annotated[int, Field(ge=0)] = 0
    cost: Amount | None = None
    """What one costs the shop; no buyer is told."""
    below_cost: Name | None = None
    """Why it may be sold for less, where it may."""


class NewField(Shape):
    """One thing that a top-up's buyer must say; as in a product's `form`."""

    name: Id
    label: Name
    letters: Literal["digits", "plain", "any"] = "any"
    length_min: Annotated[int, Field(ge=1, le=LENGTH_MAX)] = 1
    length_max: Annotated[int, Field(ge=1, le=LENGTH_MAX)] = LENGTH_MAX
    prefixes: Names = Field(default_factory=list)
    options: Names = Field(default_factory=list)


Fields = Annotated[list[NewField], Field(min_length=1, max_length=FIELDS_MAX)]
Window = Annotated[int, Field(ge=1, le=WINDOW_H_MAX)]
Offers = Annotated[list[NewOffer], Field(min_length=1, max_length=OFFERS_MAX)]


class NewProduct(Shape):
    """A product to be listed."""

    product_id: Id | None = None
    """One is made unless said; the same one lists the product anew."""
    name: Name
    category: Category
    kind: Literal["card", "topup"] = "card"
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "CNY"
    guide: Text = ""
    search: Names = Field(default_factory=list)
    form: Fields | None = None
    """What a top-up's buyer must say."""
    shape: CardShape | None = None
    """What its cards are made of."""
    refund_window_h: Window | None = None
    """Hours after delivery for which a line may be disputed; none: the shop's own 72."""
    skus: Offers


class Repricing(Shape):
    """What a SKU costs from now on, in minor units."""

    sku: Id
    price: Amount
    member_price: Amount | None = None
    tiers: Tiers = Field(default_factory=list)
    cost: Amount | None = None
    """What one costs the shop from now on; the same as before unless said."""
    below_cost: Name | None = None
    """Why it may be sold for less, where it may."""


class Change(Shape):
    """What changes of a product: its shelf, one price, or its words and offers."""

    listed: Literal[False] | None = None
    """False takes it off the shelf."""
    reason: Annotated[str, Field(max_length=NAME_LENGTH_MAX)] = ""
    price: Repricing | None = None
    name: Name | None = None
    category: Category | None = None
    guide: Text | None = None
    search: Names | None = None
    form: Fields | None = None
    shape: CardShape | None = None
    refund_window_h: Window | None = None
    skus: Offers | None = None


class Listed(Shape):
    """A product's new revision; none while catalog has yet to decide."""

    product_id: str
    revision: int | None


async def create(request: Request) -> Response:
    """List a product."""
    asking = await operator("stock")(request)
    new = await read_body(NewProduct, request)
    request_id = request_id_of(request, asking)
    product_id = new.product_id or ids.derive("product", request_id)
    _sold_here_alone(request, product_id, new.skus)
    await once(request, asking, new, lambda: Answer(product_id))
    listing = Listing(
        name=new.name,
        category=tuple(new.category),
        kind=new.kind,
        currency=new.currency,
        guide=new.guide,
        search=tuple(new.search),
        form=_form(new.form),
        shape=new.shape,
        refund_window_h=new.refund_window_h,
        offers=tuple(map(_offer, new.skus)),
    )
    command = ListProduct(
        product_id=product_id, request_id=request_id, by=asking.name, listing=listing
    )
    await ask(request, command)
    return await _decided(request, product_id, request_id, 201)


async def change(request: Request) -> Response:
    """Change a product: exactly one of `listed`, `price`, or what the listing says."""
    asking = await operator("stock")(request)
    wanted = await read_body(Change, request)
    product_id = request.path_params["product_id"]
    request_id = request_id_of(request, asking)
    product = door_of(request).catalogue.now.products.get(product_id)
    if product is None:
        raise Problem("UNKNOWN_PRODUCT")
    _sold_here_alone(request, product_id, wanted.skus or [])
    command = _command(product, wanted, request_id, asking)
    await once(request, asking, wanted, lambda: Answer(product_id))
    await ask(request, command)
    return await _decided(request, product_id, request_id, 200)


def _sold_here_alone(request: Request, product_id: str, offers: list[NewOffer]) -> None:
    now = door_of(request).catalogue.now
    if taken := now.elsewhere(product_id, (offer.sku for offer in offers)):
        errors = [{"pointer": f"/skus/{n}/sku", "code": "sold_by_another_product"} for n in taken]
        raise Problem("SKU_TAKEN", errors=errors)


def _command(
    product: ProductDoc, wanted: Change, request_id: str, asking: Asking
) -> ListProduct | ChangePrice | DelistProduct:
    said = wanted.model_fields_set - {"reason"}
    who = {"product_id": product.product_id, "request_id": request_id, "by": asking.name}
    if said == {"listed"} and wanted.listed is False:
        return DelistProduct(**who, reason=wanted.reason)
    if said == {"price"} and (price := wanted.price):
        return ChangePrice(
            product_id=product.product_id, request_id=request_id, by=asking.name, sku=price.sku,
            price=price.price,
            member_price=price.price if price.member_price is None else price.member_price,
            tiers=_tiers(price.tiers),
            cost=price.cost,
            below_cost=price.below_cost,
            reason=wanted.reason or None,
        )  # fmt: skip
    if not said or said & {"listed", "price"}:
        detail = "exactly one of: listed, price, or what the listing says"
        raise Problem("BAD_REQUEST", errors=[{"pointer": "", "code": "one_of", "detail": detail}])
    return ListProduct(**who, listing=_relisted(product, wanted))


def _relisted(product: ProductDoc, wanted: Change) -> Listing:
    """The listing as it stands, with what is said of it now."""
    old = map(_kept, product.offers)
    return Listing.model_validate(
        {
            "name": wanted.name or product.name,
            "category": tuple(wanted.category or product.category),
            "kind": product.kind,
            "currency": product.currency,
            "guide": product.guide if wanted.guide is None else wanted.guide,
            "search": tuple(product.search if wanted.search is None else wanted.search),
            "offers": tuple(map(_offer, wanted.skus)) if wanted.skus else tuple(old),
            "form": _form(wanted.form) or _kept_form(product),
            "shape": wanted.shape or product.shape or None,
            "refund_window_h": wanted.refund_window_h or product.refund_window_h or None,
        }
    )


def _form(fields: list[NewField] | None) -> Form | None:
    if not fields:
        return None
    return Form.model_validate({"fields": tuple(field.model_dump() for field in fields)})


def _kept_form(product: ProductDoc) -> Form | None:
    return Form.model_validate_json(product.form) if product.form else None


def _offer(new: NewOffer) -> Offer:
    return Offer(
        sku=new.sku,
        name=new.name,
        face_value=new.face_value,
        price=new.price,
        member_price=new.price if new.member_price is None else new.member_price,
        tiers=_tiers(new.tiers),
        quantity_max=new.quantity_max,
        low_stock=new.low_stock,
        cost=new.cost,
        below_cost=new.below_cost,
    )


def _kept(doc: OfferDoc) -> Offer:
    return Offer(
        sku=doc.sku,
        name=doc.name,
        face_value=doc.face_value,
        price=doc.price,
        member_price=doc.member_price,
        tiers=tuple(Tier(quantity_min=t.quantity_min, price=t.price) for t in doc.tiers),
        quantity_max=doc.quantity_max,
        low_stock=doc.low_stock,
        cost=doc.cost or None,
        below_cost=doc.below_cost or None,
    )


def _tiers(tiers: list[NewTier]) -> tuple[Tier, ...]:
    return tuple(Tier(quantity_min=tier.quantity_min, price=tier.price) for tier in tiers)


async def _decided(request: Request, product_id: str, request_id: str, status: int) -> Response:
    """The new revision, in time; raises why catalog refused."""
    found = await outcome(request, LISTING, request_id, wait_of(request))
    body: dict[str, Any] = {"product_id": product_id, "revision": found[1] if found else None}
    if found and found[2]:
        raise Problem(found[2])
    where = {"Location": f"/v1/products/{product_id}"}
    return json_answer(body, status if found else 202, where)


ROUTES: Final = (
    Route("POST", "/v1/admin/products", create, "上架商品 · List a product", "operator",
          NewProduct, Listed, 202, once=True),
    Route("PATCH", "/v1/admin/products/{product_id}", change, "修改商品 · Change a product",
          "operator", Change, Listed, 202, once=True),
)  # fmt: skip
