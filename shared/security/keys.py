"""Where a service's keys come from: by name, and only those that are its own."""

import stat
from pathlib import Path
from typing import Final, Protocol

KEY_BYTES: Final = 32
FILE_BYTES_MAX: Final = 4096
LOOSE: Final = stat.S_IRWXG | stat.S_IRWXO
"""Rights that nobody but the owner may have on a key."""


class KeyRefused(Exception):
    """A key cannot be had, or must not be used; the text says why and what to do."""


class Keys(Protocol):
    """A key provider: a folder locally, a KMS elsewhere. Asked at start, never on a hot path."""

    def fetch(self, name: str) -> bytes:
        """The key of that name, 32 bytes; raises KeyRefused."""


class FolderOfKeys:
    """A folder for one service, a file for each key: 64 hex digits or PEM, mode 0600."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fetch(self, name: str) -> bytes:
        """The key of that name, 32 bytes; raises KeyRefused."""
        path = self._folder / name
        try:
            key = bytes.fromhex(self._read(path).decode("ascii").strip())
        except ValueError:
            raise KeyRefused(f"{path} does not hold hex digits") from None
        if len(key) != KEY_BYTES:
            raise KeyRefused(f"{path} holds {len(key)} bytes; a key has {KEY_BYTES}")
        return key

    def pem(self, name: str) -> bytes:
        """The asymmetric key of that name, in PEM; raises KeyRefused."""
        path = self._folder / name
        key = self._read(path)
        if not key.startswith(b"-----BEGIN "):
            raise KeyRefused(f"{path} does not hold a key in PEM")
        return key

    def _read(self, path: Path) -> bytes:
        if path.parent != self._folder:
            raise KeyRefused(f"{path.name!r} is not the name of a key")
        try:
            _refuse_loose(path)
            return path.read_bytes()
        except FileNotFoundError:
            raise KeyRefused(f"{path} is not there: this service was given no such key") from None


def _refuse_loose(path: Path) -> None:
    found = path.stat()
    if not stat.S_ISREG(found.st_mode) or found.st_size > FILE_BYTES_MAX:
        raise KeyRefused(f"{path} is not a file that could hold a key")
    if found.st_mode & LOOSE:
        raise KeyRefused(f"{path} can be read by others: run `chmod 600 {path}`")
