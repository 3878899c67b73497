-- A request for a top-up that a supplier has not ended yet: of what it is, and since when.
create table supplier_try (
    request_id text primary key,
    reservation_id text not null,
    supplier text not null,
    sku text not null,
    sent_ms bigint not null,
    -- whether it was unknown at any time
    unsure boolean not null
) with (fillfactor = 70);
create index supplier_try_of_line on supplier_try (reservation_id);

-- How suppliers do, counted: a row for each shard, supplier, SKU and outcome; `step` is where on
-- the scale of times.py a success lies, `code` what a refusal was for.
create table supplier_count (
    shard int not null,
    supplier text not null,
    sku text not null,
    -- sent, done, refused, unsure, given_up
    outcome text not null,
    code text not null,
    step int not null,
    requests bigint not null,
    primary key (shard, supplier, sku, outcome, code, step)
) with (fillfactor = 70);
