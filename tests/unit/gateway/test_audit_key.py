"""A report is shown with whose signature it has (D4)."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.adapters.signing import Signer
from services.gateway.adapters.audit_key import AuditKey, audit_key
from shared.security.keys import FolderOfKeys

ID, TEXT = "2026-11-28T00:00:00Z", "Whole: 7 sources.\n"


@pytest.fixture
def signer() -> Signer:
    return Signer(Ed25519PrivateKey.generate().private_bytes_raw())


def test_a_report_is_audit_s_own_or_is_not(signer: Signer) -> None:
    said, key = signer.sign_report(ID, TEXT), AuditKey(signer.public)
    assert key.verdict(ID, TEXT, said.key_id, said.signature) == "valid"
    assert key.verdict(ID, TEXT + "x", said.key_id, said.signature) == "invalid"
    assert key.verdict(ID, TEXT, said.key_id, "no hex") == "invalid"


def test_another_one_s_signature_is_called_so(signer: Signer) -> None:
    other = Signer(Ed25519PrivateKey.generate().private_bytes_raw()).sign_report(ID, TEXT)
    assert AuditKey(signer.public).verdict(ID, TEXT, other.key_id, other.signature) == "other_key"


def test_a_door_without_the_key_says_that_it_has_none(signer: Signer, tmp_path: Path) -> None:
    said = signer.sign_report(ID, TEXT)
    here = audit_key(FolderOfKeys(tmp_path))
    assert here.verdict(ID, TEXT, said.key_id, said.signature) == "no_key"
