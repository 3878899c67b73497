"""An operator's word to a shard: through the door, by name; then its outcome, from the log."""

import json
import os
import secrets
from pathlib import Path
from typing import Any, Final

import httpx

from deploy.load.people import People
from deploy.local.private_files import write_private
from deploy.local.refusal import Refusal

TOKEN: Final = "KAMENG_OPERATOR_TOKEN"  # noqa: S105  # the variable's name
ANSWER_S_MAX: Final = 30.0
KEY_BYTES: Final = 12


def ask(run: dict[str, Any], session_file: Path, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Append the command; its coordinates and in whose name. Raises Refusal with the sentence.

    The session is the one in KAMENG_OPERATOR_TOKEN, or the demo operator's, kept between calls
    because a second factor opens only one.
    """
    own = os.environ.get(TOKEN, "")
    token = own or (session_file.read_text() if session_file.exists() else "")
    answer = _post(run, path, body, token) if token else None
    if not own and (answer is None or answer.status_code == httpx.codes.UNAUTHORIZED):
        token = People(run).sign_in()
        write_private(session_file, token.encode())
        answer = _post(run, path, body, token)
    assert answer is not None
    if answer.is_success:
        done: dict[str, Any] = answer.json()
        return done
    raise Refusal(_sentence(answer))


def _post(run: dict[str, Any], path: str, body: dict[str, Any], token: str) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": secrets.token_urlsafe(KEY_BYTES),
        "Accept-Language": "en",
        "Content-Type": "application/json",
    }
    try:
        return httpx.post(
            run["gateway"] + path, content=json.dumps(body), headers=headers, timeout=ANSWER_S_MAX
        )
    except httpx.TransportError as error:
        why = type(error).__name__
        raise Refusal(f"The door does not answer ({why}): see `make status`.") from None


def _sentence(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return f"The door refuses: {problem['code']}: {problem['detail']}"
    except (ValueError, KeyError):
        return f"The door answers {answer.status_code}."
