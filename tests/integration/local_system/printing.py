"""A process that says who it is, then does as it is told: `sleep`, `fail`, or a number to exit."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> None:
    known = {
        "arguments": sys.argv[1:],
        "environment": dict(os.environ),
        "folder": str(Path.cwd()),
        "group": os.getpgrp() == os.getpid(),
        "threads": len(list(Path("/proc/self/task").iterdir())),
    }
    print(json.dumps(known))
    if sys.argv[1] == "sleep":
        time.sleep(60)
    if sys.argv[1] == "fail":
        raise RuntimeError("as it was told")
    sys.exit(int(sys.argv[1]))


if __name__ == "__main__":
    main()
