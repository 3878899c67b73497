"""Every path of the door as nobody, buyer, reseller and every role asks for it (D5, G1)."""

import pytest

from .paths import SHOWN, Operation, operations, table
from .people import ROLES, Cast

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(300)]

OUT = {401, 403}
CUSTOMERS = ("ann", "reseller")
EVERY_OPERATOR = "every operator"


def test_d5_every_path_lets_in_exactly_those_who_may_ask_there(cast: Cast) -> None:
    document = cast.client.get("/openapi.json").json()
    found = {str(each): verdict(cast, each) for each in operations(document)}
    said = {path: " ".join(sorted(who.split())) for path, who in table().items()}
    wrong = [
        f'"{path}" = "{let_in}"' + (f"  # it says: {table()[path]}" if path in said else "")
        for path, let_in in found.items()
        if " ".join(sorted(let_in.split())) != said.get(path)
    ]
    assert not wrong, (
        f"these lines of {SHOWN} are missing or say otherwise than the door does; correct the one "
        "or the other:\n" + "\n".join(wrong)
    )
    gone = sorted(said.keys() - found.keys())
    assert not gone, f"{SHOWN} has lines for what the door has no longer: {gone}"


def verdict(cast: Cast, operation: Operation) -> str:
    """Who is let in, as the table says it."""
    people = ("nobody", *CUSTOMERS, *ROLES)
    let_in = [who for who in people if _status(cast, operation, who) not in OUT]
    if "nobody" in let_in:
        return "anyone"
    if "ann" in let_in and not set(let_in) & set(ROLES):
        return "customer" if "reseller" in let_in else "buyer"
    roles = [who for who in let_in if who != "owner"]
    assert "owner" in let_in, f"{operation}: not even the owner: {let_in}"
    return EVERY_OPERATOR if set(let_in) == set(ROLES) else " ".join(roles) or "owner"


def _status(cast: Cast, operation: Operation, who: str) -> int:
    """Of an empty request, at ids that do not exist: who may not come in is told so first."""
    if operation.signs_out and who in cast.sessions:
        before = cast.sessions[who]
        cast.sessions[who] = cast.sign_up() if who == "ann" else cast.hire(who)
        try:
            return cast.ask(who, operation.method, operation.at({}))[0]
        finally:
            cast.sessions[who] = before
    return cast.ask(who, operation.method, operation.at({}))[0]
