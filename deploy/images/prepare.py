"""What a broker, a database and a folder of keys need before the services come; safe to repeat.

`python -m deploy.images.prepare` reads KAMENG_KAFKA and KAMENG_POSTGRES (the admins' ways in),
KAMENG_KEYS (the folder of all services' keys), KAMENG_PARTITIONS and a PASSWORD_… for each user.
"""

import asyncio
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.images.passwords import variable
from deploy.local.endpoints import kafka_from, postgres_from
from deploy.local.folder import LocalFolder
from deploy.local.kafka_setup import prepare_kafka
from deploy.local.migrate import migrate_service
from deploy.local.postgres_setup import create_database, prepare_database, role_of
from deploy.local.refusal import Refusal
from deploy.local.secrets import ensure_keys
from shared.contracts.matrix import SERVICES


def prepare(given: Mapping[str, str]) -> None:
    """Keys, users, topics, access lists, schemas and tables. Raises Refusal, or KeyError."""
    passwords = {name: given[variable(name)] for name in ("auditor", *SERVICES)}
    ensure_keys(LocalFolder(Path(given["KAMENG_KEYS"]).parent))
    broker = kafka_from(given["KAMENG_KAFKA"])
    asyncio.run(prepare_kafka(broker, passwords, int(given["KAMENG_PARTITIONS"])))
    database = create_database(postgres_from(given["KAMENG_POSTGRES"]))
    prepare_database(database, passwords)
    for service in SERVICES:
        role = role_of(database.database_name, service)
        applied = migrate_service(service, database.as_user(role, passwords[service]).dsn)
        print(f"{service}: {', '.join(applied) or 'up to date'}")


def main() -> None:
    """Prepare, or say what is wrong."""
    try:
        prepare(os.environ)
    except Refusal as refusal:
        sys.exit(str(refusal))
    except KeyError as missing:
        sys.exit(f"{missing.args[0]} is not set: see deploy/compose.yaml.")


if __name__ == "__main__":
    main()
