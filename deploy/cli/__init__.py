"""The `kameng` command."""
