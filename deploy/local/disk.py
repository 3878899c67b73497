"""Room on the disk: a broker without it stops."""

import shutil
from pathlib import Path

from deploy.local.refusal import Refusal

FREE_BYTES_MIN = 1 << 30


def require_space(folder: Path, free_bytes_min: int = FREE_BYTES_MIN) -> None:
    """Raises Refusal when the disk of this folder is nearly full."""
    free = shutil.disk_usage(folder).free
    if free < free_bytes_min:
        raise Refusal(
            f"Only {free >> 20} MiB are free where {folder} lies, and a full disk stops Kafka: "
            f"make room for {free_bytes_min >> 20} MiB, then start again."
        )
