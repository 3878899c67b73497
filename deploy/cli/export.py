"""`kameng export`: the log as plain files, for whoever wants to check it without us."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.reading import reading
from deploy.local.folder import LocalFolder, of_checkout
from deploy.local.refusal import Refusal

Folder = Annotated[Path, typer.Argument(help="An empty folder, made if it is not there")]


def export(folder: Folder) -> None:
    """Write every record and the audit's public key as plain files, with their verifier."""
    import uvloop

    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} is not empty: an export is a whole log or none.")
    folder.mkdir(parents=True, exist_ok=True)
    count = uvloop.run(_write(folder))
    add_verifier(folder, of_checkout())
    print(f"{count:,} records in {folder}: check them with python3 -I {folder}/verify.py {folder}")


async def _write(folder: Path) -> int:
    from rich.progress import Progress

    from shared.replay import files

    count = 0
    with Progress(transient=True) as progress:
        async with reading(None) as (total, batches):
            task = progress.add_task("exporting the log", total=total)
            async for records in batches:
                count += files.write(folder, records)
                progress.advance(task, len(records))
    return count


def add_verifier(folder: Path, local: LocalFolder) -> None:
    """The verifier and the public key of this system's signed heads, beside an exported log."""
    from deploy.verifier import verify
    from shared.replay.files import PUBLIC_KEY
    from shared.security.keys import FolderOfKeys

    public = FolderOfKeys(local.keys / "audit").fetch("signing.pub")
    (folder / PUBLIC_KEY).write_text(public.hex() + "\n")
    (folder / "verify.py").write_bytes(Path(verify.__file__).read_bytes())
