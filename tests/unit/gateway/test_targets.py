"""Saved targets: added, renamed, removed, so many at most; never in clear on the log (D5)."""

from typing import Any, Final

from services.gateway import domain
from services.gateway.api.targets import NewTarget, purpose
from services.gateway.domain.targets import TARGETS_MAX
from shared.contracts.message import Fact
from shared.contracts.targets import (
    RemoveTarget,
    SaveTarget,
    TargetRefused,
    TargetRemoved,
    TargetSaved,
)
from shared.testing.scenario import Given
from shared.testing.scenario import given as given_by

WHOSE: Final[Any] = {"account_id": "acc-1", "target_id": "tg-1"}


def given(*facts: Fact) -> Given:
    return given_by(domain, *facts)


def saving(name: str = "s-1", **changes: Any) -> SaveTarget:
    words: Any = {**WHOSE, "request_id": name, "sealed": "b1.mine", "known": False}
    return SaveTarget(**{**words, **changes})


def saved(name: str = "s-1", **changes: Any) -> TargetSaved:
    return TargetSaved(**saving(name, **changes).model_dump(exclude={"known"}))


def removing(name: str = "r-1", **changes: Any) -> RemoveTarget:
    return RemoveTarget(**{**WHOSE, "request_id": name, **changes})


def removed(name: str = "r-1") -> TargetRemoved:
    return TargetRemoved(**removing(name).model_dump())


def refused(code: Any, name: str, **changes: Any) -> TargetRefused:
    return TargetRefused(**{**WHOSE, "request_id": name, "code": code, **changes})


def test_a_target_is_saved_renamed_and_removed() -> None:
    given().when(saving()).then(saved())
    again = saving("s-2", sealed="b1.renamed", known=True)
    given(saved()).when(again).then(saved("s-2", sealed="b1.renamed"))
    given(saved()).when(removing()).then(removed())


def test_what_is_not_there_is_neither_removed_nor_renamed() -> None:
    given().when(removing()).then(refused("UNKNOWN_TARGET", "r-1"))
    gone = (saved(), removed())
    given(*gone).when(saving("s-2", known=True)).then(refused("UNKNOWN_TARGET", "s-2"))
    given(*gone).when(saving()).then()


def test_an_account_has_so_many_and_one_more_after_one_is_gone() -> None:
    full = [saved(f"s-{n}", target_id=f"tg-{n}") for n in range(1, TARGETS_MAX + 1)]
    more: Any = {"target_id": "tg-more"}
    given(*full).when(saving("s-x", **more)).then(refused("TOO_MANY", "s-x", **more))
    given(*full, removed()).when(saving("s-x", **more)).then(saved("s-x", **more))
    kept = saving("s-x", known=True)
    given(*full).when(kept).then(saved("s-x"))


def test_the_purpose_names_account_and_target_so_no_seal_fits_elsewhere() -> None:
    assert len({purpose("a", "1"), purpose("a", "2"), purpose("b", "1")}) == 3
    assert NewTarget(name="妈妈", fields={"number": "13800000000"}).fields["number"]
