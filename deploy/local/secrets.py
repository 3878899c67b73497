"""Passwords and keys of a local system: made once, kept under `.local/`, mode 0600.

A password may be lost with its server's data; a key may not: what is on the log is sealed by it.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.local.folder import LocalFolder
from deploy.local.private_files import write_private
from deploy.local.refusal import Refusal
from shared.contracts.matrix import SERVICES

PASSWORD_BYTES = 24
KEY_BYTES = 32
TOTP_CHARACTERS = 32
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

Named = dict[str, bytes]
"""Files of one key by `<service>/<name>`."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything a local system signs in with."""

    kafka: dict[str, str]
    """Password by Kafka user: `admin`, `auditor`, each service."""
    postgres: dict[str, str]
    """Password by service, and the server's own under `postgres`."""
    control: str
    """Who shows this may scale and stop the system."""
    demo: dict[str, dict[str, str]]
    """The sample reseller and operator, as in run.json."""


def load_secrets(folder: LocalFolder) -> Secrets:
    """The secrets and keys of this folder, made where they are not there yet.

    Raises Refusal when they are gone while the log they open is still there.
    """
    file = folder.secrets_file
    if not file.exists() or not folder.keys.exists():
        if folder.kafka.exists():
            lost = folder.keys if file.exists() else file
            raise Refusal(
                f"{lost} is gone but the log it belongs to is there: put it back from a backup, "
                "or wipe everything with `make reset`."
            )
        write_private(file, json.dumps(_new(), indent=1).encode())
    ensure_keys(folder)
    return Secrets(**json.loads(file.read_text()))


def _new() -> dict[str, object]:
    def passwords(*names: str) -> dict[str, str]:
        return {name: secrets.token_urlsafe(PASSWORD_BYTES) for name in names}

    return {
        "kafka": passwords("admin", "auditor", *SERVICES),
        "postgres": passwords("postgres", *SERVICES),
        "control": secrets.token_urlsafe(PASSWORD_BYTES),
        "demo": {
            "reseller": {
                "key": f"demo-{secrets.token_hex(8)}",
                "secret": secrets.token_urlsafe(PASSWORD_BYTES),
            },
            "operator": {
                "user": "demo",
                "password": secrets.token_urlsafe(PASSWORD_BYTES),
                "totp_secret": "".join(secrets.choice(BASE32) for _ in range(TOTP_CHARACTERS)),
            },
        },
    }


def _random(*places: str) -> Callable[[], Named]:
    """One symmetric key, the same in all these places, as hex."""

    def made() -> Named:
        key = secrets.token_hex(KEY_BYTES).encode()
        return dict.fromkeys(places, key)

    return made


def _sealing_pair() -> Named:
    """Who seals a card needs the public half alone; delivery opens it with the other."""
    private = X25519PrivateKey.generate()
    return {
        "delivery/delivery": private.private_bytes_raw().hex().encode(),
        "gateway/delivery.pub": private.public_key().public_bytes_raw().hex().encode(),
        "inventory/delivery.pub": private.public_key().public_bytes_raw().hex().encode(),
    }


def _signing_pair() -> Named:
    private = Ed25519PrivateKey.generate()
    return {
        "audit/signing": private.private_bytes_raw().hex().encode(),
        "audit/signing.pub": private.public_key().public_bytes_raw().hex().encode(),
    }


KEYS: tuple[Callable[[], Named], ...] = (
    _random("gateway/fingerprint", "inventory/fingerprint"),
    _random("gateway/sign_in"),
    _random("gateway/own"),
    _random("gateway/body"),
    _random("gateway/sms"),
    _random("gateway/delivery_door", "delivery/delivery_door"),
    _sealing_pair,
    _signing_pair,
)
"""Who holds which key: each entry makes one key and all files it is kept in."""


def ensure_keys(folder: LocalFolder) -> None:
    """Write every key that is in none of its places yet, and a folder for each service.

    Raises Refusal when a key is in some of its places only: a new one would open nothing.
    """
    for service in SERVICES:
        (folder.keys / service).mkdir(parents=True, exist_ok=True, mode=0o700)
    for make in KEYS:
        files = {folder.keys / place: content for place, content in make().items()}
        there = [file for file in files if file.exists()]
        if not there:
            for file, content in files.items():
                write_private(file, content)
        elif len(there) < len(files):
            lost = next(file for file in files if not file.exists())
            raise Refusal(
                f"{lost} is gone but {there[0]} is there: put the key back from a backup, "
                "or wipe everything with `make reset`."
            )
