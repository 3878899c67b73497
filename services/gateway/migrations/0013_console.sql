-- What operators look for across all accounts. Placing times grow with the table, so a block range
-- index finds the newest for next to nothing in the views' batch; and the few orders that wait for
-- somebody have an index of their own, which an order on its straight way never touches.
create index order_view_newest on order_view using brin (placed_ms)
    with (pages_per_range = 32, autosummarize = on);
create index order_view_waiting on order_view (state, placed_ms)
    where state in ('in_review', 'awaiting_verification', 'failed', 'refunding');

-- Money that goes back, or that a person wanted to: who said so, and why.
create table refund_view (
    refund_id text primary key,
    order_id text not null,
    amount bigint not null,
    -- refunding, refunded, denied
    state text not null,
    code text not null,
    asked_by text not null,
    reason text not null,
    time_ms bigint not null
) with (fillfactor = 80);
create index refund_view_order on refund_view (order_id, time_ms);
