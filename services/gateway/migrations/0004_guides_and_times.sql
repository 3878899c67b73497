-- How to use a product, as each listing has said; an order names the revision it was placed under.
create table guide_view (
    product_id text not null,
    revision int not null,
    guide text not null,
    primary key (product_id, revision)
);

-- How long deliveries took, from paid to delivered: a row for each shard, SKU and step of a scale.
create table delivery_time_view (
    shard int not null,
    sku text not null,
    step int not null,
    deliveries bigint not null,
    primary key (shard, sku, step)
) with (fillfactor = 70);
create index delivery_time_of_sku on delivery_time_view (sku);
