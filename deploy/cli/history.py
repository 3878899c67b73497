"""`kameng timeline` and `kameng state`: a thing's whole history, and its state at any moment."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.reading import Files, reading
from deploy.local.refusal import Refusal

if TYPE_CHECKING:
    from shared.replay.moment import Found, Lookup
    from shared.replay.timeline import Timeline, Told

KINDS = ("order", "account", "card", "sku")
LABELS = Path(__file__).with_name("labels.toml")
WORTH_SAYING = ("sku", "quantity", "amount", "total", "balance", "code", "by", "reason", "line")
CLOCK = slice(11, 23)
"""Of an RFC 3339 time: the time of day, to the millisecond."""

Order = Annotated[str, typer.Option("--order", help="An order's id")]
Account = Annotated[str, typer.Option("--account", help="An account's id")]
Card = Annotated[str, typer.Option("--card", help="A card's id; never its code")]
Kind = Annotated[str, typer.Argument(help="order, account, card or sku")]
Id = Annotated[str, typer.Argument(help="Its id")]
At = Annotated[str, typer.Option(help="2026-11-11T00:05:00+08:00, or /kameng/orders/3:1200")]
AsJson = Annotated[bool, typer.Option("--json", help="Everything, as JSON.")]


def timeline(
    order: Order = "", account: Account = "", card: Card = "", as_json: AsJson = False,
    files: Files = None,
) -> None:  # fmt: skip
    """Everything that happened to an order, an account or a card: cause and effect, as a tree."""
    import uvloop

    asked = [name for name in (order, account, card) if name]
    if len(asked) != 1:
        raise Refusal("Say one of --order, --account or --card.")
    found = uvloop.run(_tell(asked[0], files))
    roots = found.tree()
    if not roots:
        raise Refusal(f"The log has never heard of {asked[0]}.")
    if as_json:
        labels = _labels()
        print(json.dumps([_branch(root, labels) for root in roots], ensure_ascii=False, indent=1))
    else:
        _show_tree(roots, asked[0], found.left_out)


def state(kind: Kind, name: Id, at: At = "", as_json: AsJson = False, files: Files = None) -> None:
    """An order, account, card or SKU as of any moment, folded from the facts alone."""
    import uvloop

    from shared.replay.fold import point_of

    if kind not in KINDS:
        raise Refusal(f"{kind} is none of {', '.join(KINDS)}.")
    try:
        point = point_of(at) if at else None
    except ValueError:
        raise Refusal(f"{at} is neither a time nor a place: 2026-11-11T00:05:00+08:00, or "
                      "/kameng/orders/3:1200.") from None  # fmt: skip
    found = uvloop.run(_look_up(name, point, files))
    named, related = found.named(), found.related()
    if as_json:
        said = {"named": [f._asdict() for f in named], "related": [f._asdict() for f in related]}
        print(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _show_state(named, related)
    if not named and not related:
        raise Refusal(f"By then the log has not heard of {kind} {name}.")


async def _tell(name: str, files: Path | None) -> "Timeline":
    from shared.replay.timeline import Timeline

    found = Timeline(name)
    async with reading(files) as (_, batches):
        async for records in batches:
            found.feed(records)
    topics = {cause.partition("/")[0] for cause in found.missing}
    if topics:
        async with reading(files, topics) as (_, batches):
            async for records in batches:
                found.heed(records)
    return found


async def _look_up(name: str, point: Any, files: Path | None) -> "Lookup":
    from deploy.rebuild.services import SERVICES
    from shared.replay.moment import EVENTS, Lookup

    domains = {service: make().domain for service, make in SERVICES.items()}
    found = Lookup(name, domains, point)
    for step in (found.locate, found.feed):
        topics = [service + EVENTS for service in SERVICES]
        async with reading(files, topics) as (_, batches):
            async for records in batches:
                step(records)
    return found


def _labels() -> dict[str, str]:
    labels: dict[str, str] = tomllib.loads(LABELS.read_text())
    return labels


def _branch(told: "Told", labels: Mapping[str, str]) -> dict[str, Any]:
    effects = [_branch(effect, labels) for effect in told.effects]
    return {**vars(told), "label": labels.get(told.name, ""), "effects": effects}


def _show_tree(roots: "list[Told]", name: str, left_out: int) -> None:
    from rich.console import Console
    from rich.tree import Tree

    labels, tree = _labels(), Tree(f"[bold]{name}[/]  {roots[0].time[:10]}")
    trees = {id(root): tree for root in roots}
    stack = list(reversed(roots))
    while stack:
        told = stack.pop()
        branch = trees[id(told)].add(_line(told, labels))
        trees |= {id(effect): branch for effect in told.effects}
        stack += reversed(told.effects)
    console = Console(highlight=False)
    console.print(tree, soft_wrap=True)
    if left_out:
        console.print(f"and {left_out:,} records more")


def _line(told: "Told", labels: Mapping[str, str]) -> str:
    from rich.markup import escape

    said = " ".join(f"{n}={told.body[n]}" for n in WORTH_SAYING if told.body.get(n) is not None)
    who = told.source.removeprefix("/kameng/") + (f":{told.position}" if told.position else "")
    cause = told.cause if told.cause.startswith(("deadline/", "effect/")) else ""
    because = f" [yellow](on {escape(cause.partition('/')[0])})[/]" if cause else ""
    return (
        f"[dim]{told.time[CLOCK]}[/] [bold]{told.name}[/] {labels.get(told.name, '')}{because} "
        f"{escape(said)} [dim]{who} at {told.where}[/]"
    )


def _show_state(named: "list[Found]", related: "list[Found]") -> None:
    from rich.console import Console
    from rich.pretty import Pretty

    console = Console(highlight=False)
    for each in named:
        console.print(f"[bold]{each.key}[/] [dim]{each.service}/{each.shard}:{each.position}[/]")
        console.print(Pretty(each.state, expand_all=True))
    for each in related:
        console.print(f"[dim]see also[/] {each.key} [dim]{each.service}/{each.shard}[/]")
