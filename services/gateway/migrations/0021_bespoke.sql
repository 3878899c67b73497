-- What is on no shelf: asked for, quoted, ordered. What is wanted stays sealed.
create table custom_view (
    custom_id text primary key,
    account_id text not null,
    quantity int not null,
    -- minor units for all of it; null: none is named
    budget bigint,
    currency text not null,
    sealed_text text not null,
    -- requested, quoted, ordered, expired, withdrawn, declined
    state text not null,
    asked_ms bigint not null,
    -- the shop's first word; 0: it has said nothing
    answered_ms bigint not null,
    name text not null,
    quoted_quantity int not null,
    unit_price bigint not null,
    shape text not null,
    until_ms bigint not null,
    order_id text not null,
    decided_by text not null,
    reason text not null
) with (fillfactor = 80);
create index custom_view_account on custom_view (account_id, asked_ms, custom_id);
create index custom_view_state on custom_view (state, asked_ms, custom_id);
create index custom_view_order on custom_view (order_id) where order_id <> '';
create index custom_view_answered on custom_view (answered_ms);
