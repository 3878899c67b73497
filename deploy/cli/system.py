"""Commands that start, scale, show and wipe the local system."""

import errno
import logging
import os
from typing import Annotated

import typer

from deploy.local.folder import of_checkout
from deploy.local.refusal import Refusal

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show every line of every process.")]


def run(verbose: Verbose = False) -> None:
    """Run the whole system on this machine until Ctrl-C."""
    from deploy.local import start, storefront
    from deploy.local.console import Console

    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that starts is no news
    folder = of_checkout()
    console = Console(folder.logs, verbose=verbose)
    try:
        storefront.built(folder.cache, console.say)
        start.run(folder, console, os.environ, sample_shop=True)
    except KeyboardInterrupt:
        console.say("stopped before it was up")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise Refusal(f"The disk of {folder.root} is full: make room, then start again.") from error


def reset() -> None:
    """Wipe the local log, database and keys; what was downloaded stays."""
    from deploy.local import start

    start.reset(of_checkout())
    print("Wiped: the next `make run` begins with an empty log.")


def scale(unit: str, count: int) -> None:
    """Run UNIT (orders, gateway-api, …) in COUNT processes."""
    for name in _ask("scale", unit=unit, count=count):
        print(name)


def status(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Show the processes of the running system."""
    import json

    from rich.console import Console
    from rich.table import Table

    processes = _ask("status")
    if as_json:
        print(json.dumps(processes, indent=1))
        return
    table = Table("process", "pid", "serving", "restarts", "metrics", "door")
    for each in processes:
        cells = ("name", "pid", "serving", "restarts", "metrics", "url")
        table.add_row(*(str(each.get(cell, "")) for cell in cells))
    Console().print(table)


def install() -> None:
    """Fetch Kafka, a browser and the pages' tools, and build, so that tests need no network."""
    from concurrent.futures import ThreadPoolExecutor

    from deploy.local import storefront
    from deploy.local.chromium import NoChromium, chromium
    from deploy.local.kafka import installed

    cache = of_checkout().cache
    steps = (installed, storefront.checked, storefront.built, chromium)
    with ThreadPoolExecutor(max_workers=len(steps)) as beside:
        for done in [beside.submit(step, cache, print) for step in steps]:
            try:
                done.result()
            except NoChromium as none:
                print(f"{none} Until then tests in a browser are skipped.")


def pages() -> None:
    """Build the pages of the shop and the console, if anything they are made of has changed."""
    from deploy.local import storefront

    storefront.built(of_checkout().cache, print)


def _ask(do: str, **request: object) -> list[dict[str, object]]:
    from deploy.local import runfile
    from deploy.local.control import ask

    control = runfile.read(of_checkout().run_file)["control"]
    answer: list[dict[str, object]] = ask(control["port"], control["token"], do=do, **request)
    return answer
