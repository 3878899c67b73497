"""Where a buyer's top-ups often go: saved under a name, offered by the form that fits."""

from typing import Annotated, Any, Final

import msgspec
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from services.gateway.door.access import Asking
from services.gateway.door.door import Door
from services.gateway.door.requests import Answer
from services.gateway.projections.targets import TargetRow
from shared.contracts.envelope import rfc3339
from shared.contracts.targets import RemoveTarget, SaveTarget
from shared.kernel import ids

from .asking import customer, door_of
from .bodies import json_answer, read_body
from .heard import heard
from .once import once, request_id_of
from .problems import Problem
from .routes import Route
from .shapes import Shape

NO_TARGET: Final = "TARGET_"
"""What a refusal by the gateway's rules is called on the wire begins with."""
HERE: Final = "/v1/targets"
NAME_MAX: Final = 40
"""Characters of a target's name."""
FIELDS_MAX: Final = 10
VALUE_MAX: Final = 80
"""Characters of one field."""

Name = Annotated[str, Field(min_length=1, max_length=NAME_MAX, pattern=r"\S")]
Value = Annotated[str, Field(min_length=1, max_length=VALUE_MAX)]


class NewTarget(Shape):
    """What a form asked for, and what it is called."""

    name: Name
    fields: Annotated[dict[Name, Value], Field(min_length=1, max_length=FIELDS_MAX)]
    """By the names of the form's fields."""


class NewName(Shape):
    """What it is called from here on."""

    name: Name


class SavedTarget(Shape):
    """A saved target; only its own account sees it."""

    target_id: str
    name: str
    fields: dict[str, str]
    saved_at: str


class SavedTargets(Shape):
    """All of an account, the oldest first."""

    items: list[SavedTarget]
    next_cursor: None


class Saving(Shape):
    """It is on the log."""

    target_id: str


async def read_many(request: Request) -> Response:
    """The account's saved targets."""
    asking, door = await customer(request), door_of(request)
    rows = await door.targets.of_account(asking.name)
    return json_answer({"items": [_told(door, row) for row in rows], "next_cursor": None})


async def save(request: Request) -> Response:
    """Save a target under a name."""
    asking = await customer(request)
    new, request_id = await read_body(NewTarget, request), request_id_of(request, asking)
    target_id = ids.derive("saved target", request_id)
    await once(request, asking, new, lambda: Answer(target_id))
    return await _keep(request, asking, target_id, new, known=False)


async def rename(request: Request) -> Response:
    """Call it something else."""
    asking, row = await _mine(request)
    said = await read_body(NewName, request)
    await once(request, asking, said, lambda: Answer(row.target_id))
    fields = _opened(door_of(request), row)["fields"]
    renamed = NewTarget(name=said.name, fields=fields)
    return await _keep(request, asking, row.target_id, renamed, known=True)


async def remove(request: Request) -> Response:
    """Forget it."""
    asking = await customer(request)
    target_id, request_id = request.path_params["target_id"], request_id_of(request, asking)
    rows = await door_of(request).targets.of_account(asking.name)
    problem = "" if any(row.target_id == target_id for row in rows) else "NOT_FOUND"
    await once(request, asking, b"", lambda: Answer(target_id, problem))
    command = RemoveTarget(account_id=asking.name, target_id=target_id, request_id=request_id)
    return await heard(request, command, request_id, NO_TARGET, {"target_id": target_id}, HERE)


async def _keep(
    request: Request, asking: Asking, target_id: str, new: NewTarget, *, known: bool
) -> Response:
    said = msgspec.json.encode(new.model_dump()).decode()
    request_id = request_id_of(request, asking)
    command = SaveTarget(
        account_id=asking.name,
        target_id=target_id,
        request_id=request_id,
        sealed=door_of(request).secrets.own.seal(said, purpose(asking.name, target_id)),
        known=known,
    )
    return await heard(request, command, request_id, NO_TARGET, {"target_id": target_id}, HERE)


def purpose(account_id: str, target_id: str) -> str:
    """What a target is sealed for."""
    return f"target/{account_id}/{target_id}"


async def _mine(request: Request) -> tuple[Asking, TargetRow]:
    """The target named in the path, of who asks; raises NOT_FOUND."""
    asking = await customer(request)
    rows = await door_of(request).targets.of_account(asking.name)
    named = request.path_params["target_id"]
    row = next((each for each in rows if each.target_id == named), None)
    if row is None:
        raise Problem("NOT_FOUND")
    return asking, row


def _opened(door: Door, row: TargetRow) -> dict[str, Any]:
    text = door.secrets.own.open(row.sealed, purpose(row.account_id, row.target_id))
    found: dict[str, Any] = msgspec.json.decode(text)
    return found


def _told(door: Door, row: TargetRow) -> dict[str, Any]:
    saved = {"target_id": row.target_id, "saved_at": rfc3339(row.saved_ms)}
    return {**saved, **_opened(door, row)}


ONE: Final = HERE + "/{target_id}"
ROUTES: Final = (
    Route("GET", HERE, read_many, "常用充值账号 · Saved targets", "customer", answer=SavedTargets),
    Route("POST", HERE, save, "保存充值账号 · Save a target", "customer", NewTarget, Saving, 202,
          once=True),
    Route("POST", ONE + "/name", rename, "重命名 · Rename a target", "customer", NewName, Saving,
          202, once=True),
    Route("POST", ONE + "/remove", remove, "删除充值账号 · Remove a target", "customer", None,
          Saving, 202, once=True),
)  # fmt: skip
