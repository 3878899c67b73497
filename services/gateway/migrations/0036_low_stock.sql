-- When each SKU has run low and sold out, and at how many units that is, where somebody has set it.
create table low_view (
    sku text primary key,
    threshold int,
    low_ms bigint not null default 0,
    out_ms bigint not null default 0
);
