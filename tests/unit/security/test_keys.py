"""Keys: fetched by name from a folder that nobody else can read."""

from pathlib import Path

import pytest

from shared.security.keys import FolderOfKeys, KeyRefused


def put(folder: Path, name: str, text: str, mode: int = 0o600) -> FolderOfKeys:
    path = folder / name
    path.write_text(text)
    path.chmod(mode)
    return FolderOfKeys(folder)


def test_a_key_is_the_hex_in_its_file(tmp_path: Path) -> None:
    assert put(tmp_path, "own", "ab" * 32 + "\n").fetch("own") == b"\xab" * 32


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    keys = put(tmp_path, "own", "ab" * 32, mode)
    with pytest.raises(KeyRefused, match="chmod 600"):
        keys.fetch("own")


@pytest.mark.parametrize("text", ["", "ab" * 31, "zz" * 32, "ab" * 33, "ab" * 4000])
def test_what_is_no_key_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    keys = put(tmp_path, "own", text)
    with pytest.raises(KeyRefused) as refused:
        keys.fetch("own")
    assert "abab" not in str(refused.value)


@pytest.mark.parametrize("name", ["missing", "../own", "/etc/passwd", "a/b", ""])
def test_a_key_that_was_not_given_cannot_be_had(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyRefused):
        put(tmp_path, "own", "ab" * 32).fetch(name)
