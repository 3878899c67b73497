"""The door's HTTP side: one file an area, each ending in its ROUTES; here they are all together."""

from typing import Final

from . import (
    admin_bespoke,
    admin_board,
    admin_disputes,
    admin_holds,
    admin_imports,
    admin_invoices,
    admin_orders,
    admin_people,
    admin_products,
    admin_promotions,
    admin_recalls,
    admin_refunds,
    admin_shards,
    admin_shelf,
    admin_stock,
    admin_support,
    admin_topups,
    admin_wallets,
    auth,
    batches,
    bespoke,
    checking,
    deposits,
    disputes,
    invoices,
    order_actions,
    orders,
    products,
    sessions,
    shelf,
    stream,
    support,
    verifying,
    wallet,
)
from .routes import Route

ROUTES: Final[tuple[Route, ...]] = (
    *products.ROUTES, *shelf.ROUTES, *orders.ROUTES, *order_actions.ROUTES, *checking.ROUTES,
    *verifying.ROUTES, *stream.ROUTES, *batches.ROUTES, *sessions.ROUTES,
    *wallet.ROUTES, *auth.ROUTES, *admin_products.ROUTES,
    *admin_promotions.ROUTES, *admin_stock.ROUTES,
    *admin_imports.ROUTES, *admin_people.ROUTES, *admin_holds.ROUTES, *admin_shards.ROUTES,
    *admin_topups.ROUTES, *deposits.ROUTES, *admin_refunds.ROUTES, *admin_recalls.ROUTES,
    *admin_orders.ROUTES, *admin_shelf.ROUTES, *admin_wallets.ROUTES,
    *admin_board.ROUTES,
    *disputes.ROUTES, *admin_disputes.ROUTES, *invoices.ROUTES, *admin_invoices.ROUTES,
    *bespoke.ROUTES, *admin_bespoke.ROUTES, *support.ROUTES, *admin_support.ROUTES,
)  # fmt: skip
