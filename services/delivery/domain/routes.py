"""Which suppliers sell which top-up, in the order in which they are tried. Data, not code."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Route:
    """SKUs that begin alike, and who sells them."""

    sku_prefix: str
    suppliers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Routes:
    """All of them; the first that fits counts."""

    routes: tuple[Route, ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """Every supplier that is tried for anything."""
        return frozenset(name for route in self.routes for name in route.suppliers)

    def suppliers(self, sku: str) -> tuple[str, ...]:
        """Who is tried for this SKU, in this order; nobody where no route fits."""
        for route in self.routes:
            if sku.startswith(route.sku_prefix):
                return route.suppliers
        return ()


@dataclass(frozen=True, slots=True)
class Way:
    """What a top-up needs besides its line: when it is sent, and to whom it may be."""

    now_ms: int
    routes: Routes
