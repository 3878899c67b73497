"""What belongs to one buyer is not there for anybody else, whatever path they try (D5)."""

from typing import Any, Final

import pytest

from .owned import BODIES, NAMED_BY_EACH, OWNED, OWNER, POINTING, PUBLIC
from .paths import Operation, operations, table
from .people import Cast

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

OTHERS: Final = ("bob", "reseller")
CUSTOMERS: Final = {"customer", "buyer"}
BODY_FIRST: Final = {400, 422}
NOT_THERE: Final = 404
PLAIN: Final = {"product_id": "steam"}
HERE: Final = "tests/e2e/attacked/owned.py"


@pytest.fixture(scope="module")
def theirs(cast: Cast) -> list[Operation]:
    """Every operation of customers."""
    document = cast.client.get("/openapi.json").json()
    return [each for each in operations(document) if table().get(str(each)) in CUSTOMERS]


def test_nobody_else_s_things_are_there_by_any_path(
    cast: Cast, owned: dict[str, str], theirs: list[Operation]
) -> None:
    """Not told apart from what does not exist, and nothing of it has moved afterwards."""
    before = seen(cast, owned)
    named = [each for each in theirs if str(each) in POINTING or set(each.names) - PUBLIC]
    named = [each for each in named if str(each) not in NAMED_BY_EACH]
    unknown = sorted({name for each in named for name in each.names} - OWNED.keys() - PUBLIC)
    assert not unknown, f"say in OWNED of {HERE} how a buyer comes to own these: {unknown}"
    wrong = [said for each in named for who in OTHERS if (said := tried(cast, each, who, owned))]
    assert not wrong, "\n".join(wrong)
    assert seen(cast, owned) == before


def tried(cast: Cast, operation: Operation, who: str, owned: dict[str, str]) -> str:
    """What is wrong about the answer to somebody else; empty where nothing is."""
    body = BODIES.get(str(operation)) or pointing(operation, owned)
    status, text = cast.ask(who, operation.method, operation.at(owned), body)
    if status in BODY_FIRST:
        line = f'"{operation}": {{...}},  # {text}'
        return f"it wants a body before it looks whose it is: BODIES of {HERE} lacks a line {line}"
    if status == NOT_THERE or table()[str(operation)] == "buyer" != who:
        return ""
    return f"{operation}: {who} is answered {status} about what is {OWNER}'s: {text}"


def pointing(operation: Operation, owned: dict[str, str]) -> dict[str, str] | None:
    """A body that names what is somebody else's, where one may."""
    body = POINTING.get(str(operation))
    return body and {name: str(value).format(**owned) for name, value in body.items()}


def seen(cast: Cast, owned: dict[str, str]) -> list[Any]:
    """What its owner sees of it."""
    paths = (f"/v1/orders/{owned['order_id']}", "/v1/wallet", "/v1/auth/sessions")
    told = [cast.told(OWNER, "GET", path) for path in paths]
    return [{name: each[name] for name in each if name != "as_of"} for each in told]


def test_no_list_tells_of_what_is_somebody_else_s(
    cast: Cast, owned: dict[str, str], theirs: list[Operation]
) -> None:
    account = cast.told(OWNER, "GET", "/v1/wallet")["account_id"]
    words = [account, *(value for value in owned.values() if len(value) > 1)]
    for each in theirs:
        if each.method == "GET" and not set(each.names) - PUBLIC and not each.watched:
            for who in OTHERS:
                _, text = cast.ask(who, "GET", each.at(PLAIN))
                assert not [word for word in words if word in text], (each, who)
    told = cast.told(OWNER, "GET", "/v1/orders")["items"]
    assert owned["order_id"] in [item["order_id"] for item in told]
