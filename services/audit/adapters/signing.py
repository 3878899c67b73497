"""Ed25519 over a head (`source position chain`), which a history made anew contradicts."""

from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.contracts.audit import CheckpointSigned, RecordCheckpoint, RecordReport, ReportSigned

KEY_ID_DIGITS: Final = 16
SERIES: Final = "reports"


def statement(source: str, position: int, chain: str) -> bytes:
    """The bytes that are signed; ``chain`` is 64 hex digits."""
    return f"{source} {position} {chain}".encode()


def report_statement(report_id: str, text: str) -> bytes:
    """The bytes of a report that are signed."""
    return f"{report_id}\n{text}".encode()


class Signer:
    """Holds the private key, 32 bytes."""

    def __init__(self, private: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private)
        self.public = self._key.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, source: str, position: int, chain: bytes) -> RecordCheckpoint:
        """The head, signed, ready to be put on record."""
        signature = self._key.sign(statement(source, position, chain.hex()))
        return RecordCheckpoint(
            source=source,
            position=position,
            chain=chain.hex(),
            key_id=self.key_id,
            signature=signature.hex(),
        )

    def sign_report(self, report_id: str, text: str) -> RecordReport:
        """The report, signed, ready to be put on record."""
        return RecordReport(
            series=SERIES, report_id=report_id, text=text, key_id=self.key_id,
            signature=self._key.sign(report_statement(report_id, text)).hex(),
        )  # fmt: skip


class Verifier:
    """Holds the public key, 32 bytes."""

    def __init__(self, public: bytes) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(public)
        self._key_id = key_id(public)

    def __call__(self, fact: CheckpointSigned) -> bool:
        """Whether whoever holds the private key has said this."""
        said = statement(fact.source, fact.position, fact.chain)
        return self._has_signed(said, fact.key_id, fact.signature)

    def report(self, fact: ReportSigned) -> bool:
        """Whether whoever holds the private key has written this report."""
        said = report_statement(fact.report_id, fact.text)
        return self._has_signed(said, fact.key_id, fact.signature)

    def _has_signed(self, said: bytes, by: str, signature: str) -> bool:
        if by != self._key_id:
            return False
        try:
            self._key.verify(bytes.fromhex(signature), said)
        except (InvalidSignature, ValueError):
            return False
        return True


def key_id(public: bytes) -> str:
    """What a key is called: the first 16 hex digits of its SHA-256."""
    return sha256(public).hexdigest()[:KEY_ID_DIGITS]
