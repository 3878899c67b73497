"""Talking to the running system's door as its demo people: `kameng call` and `kameng token`."""

import json
import secrets
from typing import Annotated, Any, Final

import httpx
import typer

from deploy.load.people import People, signed
from deploy.local import runfile
from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

ANSWER_S_MAX: Final = 60.0
NONCE_BYTES: Final = 12
STATUS_REFUSED: Final = 1
OK_MAX: Final = 299


def call(
    method: Annotated[str, typer.Argument(help="GET, POST, PATCH …")],
    target: Annotated[str, typer.Argument(help="The path with its query, e.g. /v1/wallet")],
    body: Annotated[str, typer.Argument(help="JSON")] = "",
    key: Annotated[str, typer.Option(help="Idempotency-Key; a fresh one unless said")] = "",
    wait: Annotated[int, typer.Option(help="Seconds to wait for an order to rest")] = 0,
) -> None:
    """Sign a request as the demo reseller, send it, print the answer."""
    run = runfile.read(of_checkout().run_file)
    answer = _send(run, method.upper(), target, body.encode(), _extra(method, key, wait))
    print(_pretty(answer))
    raise typer.Exit(0 if answer.status_code <= OK_MAX else STATUS_REFUSED)


def token() -> None:
    """Sign the demo operator in by password and TOTP, print the session's token."""
    print(People(runfile.read(of_checkout().run_file)).sign_in())


def _extra(method: str, key: str, wait: int) -> dict[str, str]:
    extra = {"Prefer": f"wait={wait}"} if wait else {}
    if method.upper() != "GET":
        extra["Idempotency-Key"] = key or secrets.token_urlsafe(NONCE_BYTES)
    return extra


def _send(
    run: dict[str, Any], method: str, target: str, body: bytes, extra: dict[str, str]
) -> httpx.Response:
    return _ask(run, method, target, body, signed(run, method, target, body) | extra)


def _ask(
    run: dict[str, Any], method: str, target: str, body: bytes, headers: dict[str, str]
) -> httpx.Response:
    headers = {"Content-Type": "application/json", **headers} if body else headers
    try:
        return httpx.request(
            method, run["gateway"] + target, content=body, headers=headers, timeout=ANSWER_S_MAX
        )
    except httpx.TransportError as error:
        raise Refusal(
            f"The door does not answer ({type(error).__name__}): see `make status`."
        ) from None


def _pretty(answer: httpx.Response) -> str:
    try:
        return json.dumps(answer.json(), ensure_ascii=False, indent=1)
    except ValueError:
        return answer.text
