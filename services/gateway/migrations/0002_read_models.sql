-- Read models: rows that follow the facts of all services. All of it can be dropped and read anew.

-- An order as one document, and the columns that queries need. `placed_ms` and `account_id` never
-- change; `position` is that of the last fact applied, on the account's own shard of orders.
create table order_view (
    order_id text primary key,
    account_id text not null,
    placed_ms bigint not null,
    position bigint not null,
    state text not null,
    doc bytea not null
) with (fillfactor = 80);
create index order_view_placed on order_view (account_id, placed_ms, order_id);
create index order_view_moved on order_view (account_id, position);

-- How far each shard of orders has come with what it was asked (offset in orders.commands).
create table order_heard (
    shard int primary key,
    command_offset bigint not null
) with (fillfactor = 50);

create table product_view (
    product_id text primary key,
    shard int not null,
    position bigint not null,
    doc bytea not null
);

create table price_view (
    product_id text not null,
    revision int not null,
    sku text not null,
    time_ms bigint not null,
    price bigint not null,
    member_price bigint not null,
    tiers bytea not null,
    primary key (product_id, revision, sku)
);

-- What became of a command about a product: an empty code says that it was done.
create table product_request_view (
    request_id text primary key,
    product_id text not null,
    revision int not null,
    code text not null
);

create table stock_view (
    sku text primary key,
    received bigint not null,
    available bigint not null,
    reserved bigint not null,
    sold bigint not null,
    withdrawn bigint not null,
    as_of_ms bigint not null
) with (fillfactor = 50);

create table wallet_view (
    account_id text primary key,
    balance bigint not null,
    currency text not null,
    as_of_ms bigint not null
) with (fillfactor = 80);

create table wallet_entry (
    account_id text not null,
    position bigint not null,
    time_ms bigint not null,
    kind text not null,
    reference text not null,
    amount bigint not null,
    balance bigint not null,
    primary key (account_id, position)
);

create table deposit_view (
    deposit_id text primary key,
    account_id text not null,
    amount bigint not null,
    balance bigint not null,
    code text not null
);

create table attempt_view (
    attempt_id text primary key,
    account_id text not null,
    code text not null
);

create table account_view (
    account_id text primary key,
    sign_in_id text not null unique,
    opened_ms bigint not null
);

create table api_key_view (
    key_id text primary key,
    account_id text not null,
    label text not null,
    sealed_secret text not null,
    issued_by text not null,
    issued_ms bigint not null
);

create table operator_view (
    operator text primary key,
    role text not null,
    password_hash text not null,
    sealed_totp text not null,
    added_ms bigint not null
);

-- An import's cards are claimed on many shards and received on one: a row for each, summed when
-- read.
create table import_view (
    import_id text not null,
    shard int not null,
    claimed bigint not null,
    refused bigint not null,
    received bigint not null,
    primary key (import_id, shard)
) with (fillfactor = 50);

create table import_refusal (
    import_id text not null,
    line int not null,
    code text not null,
    primary key (import_id, line)
);

create table reveal_view (
    order_id text not null,
    position bigint not null,
    shard int not null,
    line int not null,
    code text not null,
    time_ms bigint not null,
    primary key (order_id, position)
);

-- Every card that was ever taken, so that a preview can tell a duplicate across all history.
create table card_view (
    card_id text primary key
);
