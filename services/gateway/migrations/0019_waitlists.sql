-- Who waits to be told when a SKU is there again, and who was told.
create table waitlist_view (
    subscription_id text primary key,
    sku text not null,
    product_id text not null,
    account_id text not null,
    -- waiting, told, left
    state text not null,
    joined_ms bigint not null,
    told_ms bigint not null
) with (fillfactor = 80);
create index waitlist_view_account on waitlist_view (account_id, joined_ms, subscription_id);
