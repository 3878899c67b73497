-- Reviews of products, their text sealed until somebody may read it.
create table review_view (
    review_id text primary key,
    product_id text not null,
    order_id text not null,
    line int not null,
    account_id text not null,
    sku text not null,
    -- stars
    rating int not null,
    sealed_text text not null,
    posted_ms bigint not null,
    shown boolean not null,
    -- who hid it or showed it again, and why
    judged_by text not null,
    reason text not null,
    judged_ms bigint not null
) with (fillfactor = 80);
create index review_view_product on review_view (product_id, posted_ms, review_id) where shown;
create index review_view_shown on review_view (shown, posted_ms, review_id);
-- Of a product all reviews that are shown: how many, and the sum of their stars.
create table rating_view (
    product_id text primary key,
    reviews bigint not null,
    stars bigint not null
) with (fillfactor = 80);
-- The one review of an order's line, for its buyer.
create table line_review_view (
    order_id text not null,
    line int not null,
    account_id text not null,
    rating int not null,
    sealed_text text not null,
    time_ms bigint not null,
    primary key (order_id, line)
);
