-- Batches: many orders at once, one a line. A line's order is known by its id for ever; this is
-- what the door remembers of the file, and the commands that are yet to be appended.
create table batch (
    batch_id text primary key,
    account_id text not null,
    key text not null,
    lines int not null,
    created_ms bigint not null,
    -- Some of its orders are yet to be appended.
    waits boolean not null default true
);
create index batch_waiting on batch (created_ms) where waits;
create index batch_newest on batch (account_id, created_ms, batch_id);

create table batch_line (
    batch_id text not null,
    number int not null,
    reference text not null,
    sku text not null,
    quantity int not null,
    unit_price bigint not null,
    -- Why nothing is ordered for it; empty where something is.
    code text not null,
    order_id text not null,
    -- The order as it will be appended; null: it has been, or there is none.
    command bytea,
    primary key (batch_id, number)
) with (fillfactor = 80);
create index batch_line_waiting on batch_line (batch_id, number) where command is not null;
create index batch_line_order on batch_line (order_id) where order_id <> '';
