"""`python -m deploy.load.serve FOLDER`: a system whose `.local` is FOLDER, and nothing in it.

For runs that must not touch the data of `make run`.
"""

import logging
import os
import sys
from pathlib import Path

from deploy.local import ports, start
from deploy.local.console import Console
from deploy.local.folder import LocalFolder, of_checkout
from deploy.local.refusal import Refusal
from deploy.local.units import UNITS, Unit


def serve(units: tuple[Unit, ...] = UNITS, *, sample_shop: bool = False) -> None:
    """Run these units in the folder of the command line until SIGTERM."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that starts is no news
    folder = LocalFolder(Path(sys.argv[1]))
    folder.root.mkdir(exist_ok=True, parents=True)
    if not folder.cache.exists():
        of_checkout().cache.mkdir(exist_ok=True, parents=True)
        folder.cache.symlink_to(of_checkout().cache)
    environment = {"KAMENG_PORT": str(ports.free_port()), **os.environ}
    try:
        start.run(folder, Console(folder.logs), environment, units, sample_shop=sample_shop)
    except Refusal as refusal:
        sys.exit(f"kameng: {refusal}")


if __name__ == "__main__":
    serve()
