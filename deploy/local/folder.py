"""Where everything lies under `.local/`."""

from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class LocalFolder:
    """Names of the files and folders of one local system; `root` is `.local` of a checkout."""

    root: Path

    @property
    def cache(self) -> Path:
        """What can be fetched or made again: `reset` leaves it, tests share it."""
        return self.root / "cache"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def kafka(self) -> Path:
        return self.data / "kafka"

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def keys(self) -> Path:
        return self.root / "keys"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def secrets_file(self) -> Path:
        return self.root / "secrets.json"

    @property
    def run_file(self) -> Path:
        return self.root / "run.json"

    @property
    def children_file(self) -> Path:
        """The processes started, so that the next start can end what a killed supervisor left."""
        return self.root / "children.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "lock"


def of_checkout() -> LocalFolder:
    """The folder of the checkout this code lies in."""
    return LocalFolder(CHECKOUT / ".local")
