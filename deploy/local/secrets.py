"""Passwords and keys of a local system: made once, kept under `.local/`, mode 0600.

A password may be lost with its server's data; a key may not: what is on the log is sealed by it.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from deploy.local.folder import LocalFolder
from deploy.local.private_files import write_private
from deploy.local.refusal import Refusal
from shared.contracts.matrix import SERVICES

PASSWORD_BYTES = 24
KEY_BYTES = 32
RSA_BITS = 2048
RSA_EXPONENT = 65_537
MADE = "made.json"
"""Which keys have been made, so that one that is gone is not taken for one that is new."""
PUBLIC = {"gateway/audit.pub": "audit/signing.pub"}
"""Public halves that another service checks signatures by: copied whenever keys are looked at."""
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
    """The secrets and keys of this folder, made where they have never been made.

    Raises Refusal when one is gone that has been made: what it opens would stay closed for ever.
    """
    file = folder.secrets_file
    for each in (file, folder.keys / MADE):
        if folder.kafka.exists() and not each.exists():
            raise _gone(each)
    if not file.exists():
        write_private(file, json.dumps(_new(), indent=1).encode())
    ensure_keys(folder)
    return Secrets(**json.loads(file.read_text()))


def _gone(file: Path) -> Refusal:
    return Refusal(
        f"{file} is gone but what it opens is still there: put it back from a backup, or wipe "
        "everything with `make reset`."
    )


def ensure_keys(folder: LocalFolder) -> None:
    """Make each key that has never been made, and a folder for each service.

    Raises Refusal when one is gone that has been made.
    """
    for service in SERVICES:
        (folder.keys / service).mkdir(parents=True, exist_ok=True, mode=0o700)
    note = folder.keys / MADE
    made: list[str] = json.loads(note.read_text()) if note.exists() else []
    for make in KEYS:
        key = make()
        new = set(made).isdisjoint(key)
        for place, content in key.items():
            if new:
                write_private(folder.keys / place, content)
            elif not (folder.keys / place).exists():
                raise _gone(folder.keys / place)
        if new:
            made += key
    write_private(note, json.dumps(made, indent=1).encode())
    for place, source in PUBLIC.items():
        write_private(folder.keys / place, (folder.keys / source).read_bytes())


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


def rsa_pair(private_place: str, public_place: str) -> Callable[[], Named]:
    """One signs, another verifies: PEM, 2048 bits."""

    def made() -> Named:
        private = generate_private_key(RSA_EXPONENT, RSA_BITS)
        return {
            private_place: private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            public_place: private.public_key().public_bytes(
                Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
            ),
        }

    return made


KEYS: tuple[Callable[[], Named], ...] = (
    _random("gateway/fingerprint", "inventory/fingerprint"),
    _random("gateway/sign_in"),
    _random("gateway/own"),
    _random("gateway/body"),
    _random("gateway/sms"),
    _random("gateway/contact", "risk/contact"),
    _random("gateway/verification", "risk/verification"),
    _random("gateway/delivery_door", "delivery/delivery_door"),
    _random("delivery/supplier_xinghe", "twins/supplier_xinghe"),
    _random("delivery/supplier_jiuzhou", "twins/supplier_jiuzhou"),
    _random("payments/kapay", "twins/kapay"),
    _random("payments/kapay_api", "twins/kapay_api"),
    rsa_pair("payments/yunfu", "twins/yunfu_merchant.pub"),
    rsa_pair("twins/yunfu", "payments/yunfu.pub"),
    _sealing_pair,
    _signing_pair,
)
"""Who holds which key: each entry makes one key and all files it is kept in."""
