-- The door's own memory. It may be lost with the database: clients sign in again, and what was
-- asked twice is recognised by its id where it is decided.

-- An order that was accepted and of which orders has not said a word yet. Its first fact takes
-- the row's place, in one transaction.
create table order_request (
    order_id text primary key,
    account_id text not null,
    body_hash bytea not null,
    received_ms bigint not null,
    command bytea not null,
    shard int,
    command_offset bigint,
    attempts int not null default 0,
    next_ms bigint not null
) with (fillfactor = 70);
create index order_request_account on order_request (account_id, received_ms, order_id);

-- Any other request that changes something, by who asked and the key they gave it.
create table request (
    who text not null,
    key text not null,
    body_hash bytea not null,
    answer bytea not null,
    created_ms bigint not null,
    primary key (who, key)
);

create table nonce (
    key_id text not null,
    nonce text not null,
    expires_s bigint not null,
    primary key (key_id, nonce)
);
create index nonce_expires on nonce (expires_s);

create table session (
    token_hash bytea primary key,
    kind text not null,
    subject text not null,
    role text not null,
    expires_ms bigint not null
);

create table stock_import (
    import_id text primary key,
    sku text not null,
    operator text not null,
    lines bigint not null,
    errors bytea not null,
    created_ms bigint not null
);
