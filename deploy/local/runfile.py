"""`.local/run.json`: how a running system describes itself to tests, tools and people."""

import json
from pathlib import Path
from typing import Any

from deploy.local.private_files import write_private
from deploy.local.refusal import Refusal


def write(file: Path, content: dict[str, Any]) -> None:
    """Replace it as a whole; it holds passwords, so it is private."""
    write_private(file, json.dumps(content, indent=1, ensure_ascii=False).encode())


def read(file: Path) -> dict[str, Any]:
    """Raises Refusal when nothing runs here."""
    try:
        content: dict[str, Any] = json.loads(file.read_text())
    except FileNotFoundError:
        raise Refusal("Nothing runs in this checkout: start it with `make run`.") from None
    return content
