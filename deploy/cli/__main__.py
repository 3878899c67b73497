"""`python -m deploy.cli` is `kameng`."""

from deploy.cli.main import main

main()
