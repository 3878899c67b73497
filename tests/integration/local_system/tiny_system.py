"""`make run` with tiny services: `python -m … FOLDER`, where FOLDER takes the place of `.local`."""

import os
import sys
from pathlib import Path

from deploy.local import start
from deploy.local.console import Console
from deploy.local.folder import LocalFolder, of_checkout
from deploy.local.refusal import Refusal
from deploy.local.units import Unit

TINY = "tests.integration.local_system.tiny_service"
UNITS = (
    Unit("orders", "orders", TINY, "worker"),
    Unit("gateway-api", "gateway", TINY, "api", http=True, usual_port=8080),
)


def main() -> None:
    folder = LocalFolder(Path(sys.argv[1]))
    folder.root.mkdir(exist_ok=True)
    if not folder.cache.exists():
        folder.cache.symlink_to(of_checkout().cache)
    try:
        start.run(folder, Console(folder.logs), os.environ, UNITS)
    except Refusal as refusal:
        sys.exit(f"kameng: {refusal}")


if __name__ == "__main__":
    main()
