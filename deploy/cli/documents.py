"""`kameng docs`: the dictionary as documents."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.documents.asyncapi import write
from deploy.local.folder import CHECKOUT


def docs(
    folder: Annotated[Path, typer.Argument(help="Where to write")] = CHECKOUT
    / "docs"
    / "generated",
) -> None:
    """Write one AsyncAPI 3 document for the system and a JSON Schema for each message."""
    written = write(folder)
    print(f"{written[0]} and {len(written) - 1} schemas beside it")
