"""`kameng`: every command by name, each loaded only when it is called for.

To add one: write a typer command function in a file of this folder and name it in COMMANDS.
"""

import sys
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from deploy.local.refusal import Refusal

COMMANDS = {
    "run": "deploy.cli.system:run",
    "reset": "deploy.cli.system:reset",
    "scale": "deploy.cli.system:scale",
    "status": "deploy.cli.system:status",
    "install": "deploy.cli.system:install",
    "pages": "deploy.cli.system:pages",
    "audit": "deploy.cli.audit:audit",
    "reports": "deploy.cli.audit:reports",
    "simulate": "deploy.simulation.command:simulate",
    "ops": "deploy.cli.ops:app",
    "risk": "deploy.cli.risk:app",
    "trace": "deploy.cli.trace:trace",
    "call": "deploy.cli.visit:call",
    "token": "deploy.cli.visit:token",
    "rebuild": "deploy.cli.rebuild:rebuild",
    "timeline": "deploy.cli.history:timeline",
    "state": "deploy.cli.history:state",
    "export": "deploy.cli.export:export",
    "tamper": "deploy.cli.tamper:tamper",
    "docs": "deploy.cli.documents:docs",
    "demo": "deploy.cli.demo:demo",
    "bench": "deploy.cli.bench:bench",
    "spike": "deploy.cli.bench:spike",
    "growth": "deploy.cli.bench:growth",
    "chaos": "deploy.cli.chaos:chaos",
}
"""Command → module and function, or module and typer application for a group of commands."""

STATUS_REFUSED = 1


class _Lazy(TyperGroup):
    """Looks commands up in COMMANDS and imports what it finds there."""

    def list_commands(self, _context: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: Any, name: str) -> Any:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            group = typer.Typer(add_completion=False)
            group.command(name)(found)
            found = group
        return typer.main.get_command(found)


app = typer.Typer(cls=_Lazy, add_completion=False, no_args_is_help=True)


@app.callback()
def _kameng() -> None:
    """Kameng on this machine: run it, look at it, check it."""


def main() -> None:
    """Run the command line; a refusal is one sentence and status 1."""
    try:
        app()
    except Refusal as refusal:
        print(f"kameng: {refusal}", file=sys.stderr)
        sys.exit(STATUS_REFUSED)


if __name__ == "__main__":
    main()
