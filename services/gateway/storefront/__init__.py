"""The shop and the console as vite has built them, held in memory with their compressed forms."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

BUILT: Final = Path(__file__).with_name("dist")
HASHED: Final = "assets/"
"""What lies here has its content's hash in its name, and never changes under it."""
PACKED: Final = {".br": "br", ".gz": "gzip"}
"""Compressed forms beside a file, the smallest first."""
MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}
ETAG_DIGITS: Final = 32
FILES_MAX: Final = 500
FILE_BYTES_MAX: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class File:
    """One file, ready to be sent."""

    body: bytes
    packed: Mapping[str, bytes]
    """By content encoding, the smallest first."""
    media_type: str
    etag: str
    hashed: bool
    """Whether its name holds its hash: it may be kept for ever."""


class Storefront:
    """The built files by their paths; none where nothing has been built."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self._files = files

    def find(self, path: str) -> File | None:
        """The file of this path below the root of the site."""
        return self._files.get(path)


def load(folder: Path) -> Storefront:
    """Read everything once; what is unknown by its ending, too many or too large is left out."""
    found: dict[str, File] = {}
    for path in sorted(folder.rglob("*")):
        kind = MEDIA_TYPES.get(path.suffix)
        if kind and len(found) < FILES_MAX and path.stat().st_size <= FILE_BYTES_MAX:
            name = path.relative_to(folder).as_posix()
            found[name] = _read(path, kind, hashed=name.startswith(HASHED))
    return Storefront(found)


def _read(path: Path, media_type: str, *, hashed: bool) -> File:
    body = path.read_bytes()
    beside = {code: path.with_name(path.name + ending) for ending, code in PACKED.items()}
    packed = {code: file.read_bytes() for code, file in beside.items() if file.is_file()}
    etag = f'"{hashlib.sha256(body).hexdigest()[:ETAG_DIGITS]}"'
    return File(body, packed, media_type, etag, hashed)
