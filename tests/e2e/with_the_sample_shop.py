"""`python -m tests.e2e.with_the_sample_shop FOLDER`: what `make run` runs, in its own folder."""

import os
import sys
from pathlib import Path

from deploy.local import ports, start
from deploy.local.console import Console
from deploy.local.folder import LocalFolder, of_checkout

if __name__ == "__main__":
    folder = LocalFolder(Path(sys.argv[1]))
    folder.root.mkdir(exist_ok=True, parents=True)
    if not folder.cache.exists():
        of_checkout().cache.mkdir(exist_ok=True, parents=True)
        folder.cache.symlink_to(of_checkout().cache)
    environment = {"KAMENG_PORT": str(ports.free_port()), **os.environ}
    start.run(folder, Console(folder.logs), environment, sample_shop=True)
