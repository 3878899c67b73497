"""Prints new passwords for compose.yaml: `python deploy/images/passwords.py > deploy/.env`.

One for the servers' admin and one for each service; standard library only.
"""

import secrets

SERVICES = (
    "catalog", "orders", "risk", "inventory", "payments", "delivery", "gateway", "audit",
)  # fmt: skip
"""As the matrix has them (a test compares): this file runs before anything is installed."""

PASSWORD_BYTES = 24


def variable(name: str) -> str:
    """What the password of this service, or of `admin` or `auditor`, is called in compose.yaml."""
    return f"PASSWORD_{name.upper()}"


def main() -> None:
    """A line each, as `docker compose` reads them."""
    for name in ("admin", "auditor", *SERVICES):
        print(f"{variable(name)}={secrets.token_hex(PASSWORD_BYTES)}")


if __name__ == "__main__":
    main()
