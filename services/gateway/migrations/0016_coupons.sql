-- Coupons: what each is worth, and whether it is still good.
create table coupon_view (
    coupon_id text primary key,
    shard int not null,
    position bigint not null,
    doc bytea not null,
    ended boolean not null
);
