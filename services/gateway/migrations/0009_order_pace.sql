-- How long the orders of a shard took that have just been delivered, where it was long; and
-- when that was written down.
create table order_pace (
    shard int primary key,
    took_ms bigint not null,
    at_ms bigint not null
) with (fillfactor = 50);
