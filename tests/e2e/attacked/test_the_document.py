"""The door answers as its own document says, whatever it is asked, whoever asks (F1, G1)."""

import os
import time
from typing import Final

import pytest

from .paths import Operation, table
from .people import ROLES, Cast
from .questions import Questions

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

EXAMPLES: Final = int(os.environ.get("KAMENG_ATTACK_EXAMPLES", "0"))
"""Of each kind, for everybody (`make attack`); without it one, for one who may ask."""
EVERYBODY: Final = ("nobody", "ann", "reseller", *ROLES)
MAY: Final = {
    "nobody": {"anyone"},
    "ann": {"anyone", "customer", "buyer"},
    "reseller": {"anyone", "customer"},
}
OF_THE_SHELF: Final = {"product_id": "steam", "sku": "steam-50"}


@pytest.mark.timeout(3_600)
def test_g1_every_answer_is_what_the_document_says(cast: Cast, owned: dict[str, str]) -> None:
    document = cast.client.get("/openapi.json").json()
    questions, began_s = Questions(cast, document, owned | OF_THE_SHELF), time.monotonic()
    questions.ask(everybody if EXAMPLES else one_who_may)
    took_s, asked = time.monotonic() - began_s, questions.asked
    told = ", ".join(f"{count:,} × {kind}" for kind, count in sorted(asked.items()))
    print(f"the document: {told}, {len(questions.wrong)} findings, in {took_s:.0f} s")
    assert asked["2xx"]
    assert asked["4xx"]
    assert not questions.wrong, "\n\n".join(questions.wrong.values())


def everybody(operation: Operation, _: int) -> dict[str, int]:
    """Who may not ask is told so, which is soon seen."""
    return {who: EXAMPLES if may(operation, who) else 1 for who in EVERYBODY}


def one_who_may(operation: Operation, number: int) -> dict[str, int]:
    """In turn, where there are more."""
    people = [who for who in EVERYBODY if may(operation, who)]
    return {people[number % len(people)]: 1}


def may(operation: Operation, who: str) -> bool:
    """Whether access.toml lets them in."""
    said = table()[str(operation)]
    if who not in ROLES:
        return said in MAY[who]
    if said in {"customer", "buyer"}:
        return False
    return who == "owner" or said in {"anyone", "every operator"} or who in said.split()
