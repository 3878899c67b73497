"""`python -m deploy.documents.openapi FILE`: what the door's /openapi.json says, without a door."""

import json
import sys
from pathlib import Path

from fastapi import FastAPI

from services.gateway.api.application import describe


def text() -> str:
    """The document as JSON."""
    return json.dumps(describe(FastAPI(title="Kameng")).openapi(), ensure_ascii=False, indent=1)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), "utf-8")
