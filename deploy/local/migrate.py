"""Every service's tables: the engine's first, then its own."""

from deploy.local.folder import CHECKOUT
from shared.runtime.migrations import Migration, migrate, read_folder

SHARDS = CHECKOUT / "shared" / "shards"


def migrations_of(service: str) -> list[Migration]:
    """The engine's tables as number 1, then the service's own files from number 2 on."""
    first = Migration("0001_shards.sql", (SHARDS / "schema.sql").read_text())
    followed = Migration("0001_views.sql", (SHARDS / "views.sql").read_text())
    return [first, followed, *read_folder(CHECKOUT / "services" / service / "migrations")]


def migrate_service(service: str, dsn: str) -> list[str]:
    """Bring one service's schema up to date, as the role that `dsn` names."""
    return migrate(dsn, migrations_of(service))
