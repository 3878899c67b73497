"""A top-up's target, checked before anybody pays (B2, C6: BAD_TARGET_ACCOUNT)."""

from typing import Any, Final

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.orders import domain
from services.orders.domain.reserving import holds
from services.orders.projections import apply
from shared.contracts.catalog import Field, Form
from shared.contracts.orders import LineError, OrderPlaced
from shared.kernel import forms
from shared.testing.scenario import World, given
from tests.unit.orders import examples as say
from tests.unit.orders.test_shelf import listed

PHONE: Final = Form(
    fields=(
        Field(
            name="number", label="手机号", letters="digits", length_min=11, length_max=11,
            prefixes=("134", "135", "198"),
        ),
    )
)  # fmt: skip
GAME: Final = Form(
    fields=(
        Field(name="uid", label="UID", letters="digits", length_min=9, length_max=10),
        Field(
            name="server", label="服务器", letters="any", length_min=1, length_max=12,
            options=("天空岛", "世界树"),
        ),
    )
)  # fmt: skip
FORM_ID: Final = forms.form_id(PHONE)
SAID: Final[Any] = {"target": "v1.sealed", "target_print": "ab12", "form_id": FORM_ID}


@pytest.mark.parametrize(
    "said", ["13412345678", " 134-1234-5678", "１３４ 1234 5678", {"number": "13412345678"}]
)
def test_a_number_of_the_carrier_fits_however_it_is_typed(said: Any) -> None:
    assert forms.fitted(PHONE, said) == {"number": "13412345678"}


@pytest.mark.parametrize(
    "said", ["13012345678", "1341234567", "134123456789", "1341234567x", "", {}, {"phone": "1"}]
)
def test_a_number_of_another_carrier_or_length_does_not_fit(said: Any) -> None:
    assert forms.fitted(PHONE, said) is None


def test_a_form_of_two_fields_is_filled_in_by_name_or_in_its_order() -> None:
    target = {"uid": "100000001", "server": "天空岛"}
    assert forms.fitted(GAME, target) == forms.fitted(GAME, "100000001  天空岛") == target
    assert forms.fitted(GAME, "天空岛 100000001") is None
    assert forms.fitted(GAME, {"uid": "100000001", "server": "渊下宫"}) is None
    assert forms.fitted(GAME, {**target, "more": "x"}) is None


@for_all(st.text(max_size=20))
def test_whatever_fits_is_written_in_one_way_and_fits_again(said: str) -> None:
    for form in (PHONE, GAME):
        target = forms.fitted(form, said)
        if target is not None:
            assert forms.fitted(form, target) == target


def test_another_rule_is_another_form() -> None:
    stricter = PHONE.fields[0].model_copy(update={"prefixes": ("134",)})
    assert forms.form_id(Form(fields=(stricter,))) != FORM_ID


@pytest.mark.parametrize(
    "field",
    [
        {"length_min": 0}, {"length_min": 12}, {"length_max": 1_000}, {"name": ""},
        {"options": ("123",)}, {"prefixes": ("",)},
    ],
)  # fmt: skip
def test_a_form_that_nobody_could_fill_in_is_flawed(field: dict[str, Any]) -> None:
    assert not forms.flawed(PHONE)
    assert forms.flawed(Form(fields=(PHONE.fields[0].model_copy(update=field),)))


def test_a_form_names_each_of_its_fields_once() -> None:
    assert forms.flawed(Form(fields=(*PHONE.fields, *PHONE.fields)))
    assert forms.flawed(Form(fields=()))


def shelf(kind: str = "topup", form_id: str | None = FORM_ID) -> dict[str, Any]:
    return {"jw-10": say.offered(kind=kind, form_id=form_id)}


def test_a_top_up_is_placed_with_its_sealed_target_and_its_fingerprint() -> None:
    world = World(domain)
    (placed,) = world.decide(say.place(say.want(**SAID), shelf=shelf()))
    assert isinstance(placed, OrderPlaced)
    assert (placed.lines[0].target, placed.lines[0].target_print) == ("v1.sealed", "ab12")


@pytest.mark.parametrize("change", [{"target": None}, {"form_id": None}, {"form_id": "another"}])
def test_a_target_that_fits_no_form_or_another_one_is_refused(change: dict[str, Any]) -> None:
    error = LineError(line=1, code="BAD_TARGET_ACCOUNT")
    place = say.place(say.want(**SAID | change), shelf=shelf())
    say.refuses(place, "BAD_TARGET_ACCOUNT", error)


def test_a_top_up_without_a_form_is_not_on_the_shelf() -> None:
    error = LineError(line=1, code="OFF_SHELF")
    place = say.place(say.want(**SAID), shelf=shelf(form_id=None))
    say.refuses(place, "OFF_SHELF", error)


def test_a_card_s_line_keeps_no_target() -> None:
    (placed,) = World(domain).decide(say.place(say.want(**SAID), shelf=shelf("card", None)))
    assert isinstance(placed, OrderPlaced)
    assert placed.lines[0].target is placed.lines[0].target_print is None


def test_the_target_goes_along_with_the_line_s_hold_to_whoever_delivers_it() -> None:
    line = say.line(kind="topup", target="v1.sealed")
    world = given(domain, say.placed(lines=(line,))).when(say.cleared()).repeated()
    (asked,) = world.states[f"order/{say.ORDER}"].lines
    assert [hold.target for hold in holds((asked,))] == ["v1.sealed"]


def test_the_shelf_knows_the_form_of_a_top_up() -> None:
    rows: dict[str, Any] = {}
    fact = listed("jw-10")
    listing = fact.listing.model_copy(update={"kind": "topup", "form": PHONE})
    apply(rows, fact.model_copy(update={"listing": listing}))
    assert rows["sku/jw-10"].form_id == FORM_ID
