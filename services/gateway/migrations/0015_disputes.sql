-- Lines under dispute, and what was said of them, sealed until somebody reads it.
create table dispute_view (
    dispute_id text primary key,
    order_id text not null,
    account_id text not null,
    line int not null,
    quantity int not null,
    wants text not null,
    -- buyer or recall
    opened_by text not null,
    -- open, asked, offered, replacing, refunding, replaced, refunded, rejected
    state text not null,
    opened_ms bigint not null,
    -- who has the word must have spoken by then; 0: nobody has
    deadline_ms bigint not null,
    cards text[] not null,
    decided_by text not null,
    reason text not null,
    code text not null
) with (fillfactor = 70);
create index dispute_view_order on dispute_view (order_id, opened_ms);
create index dispute_view_waiting on dispute_view (state, opened_ms, dispute_id);

create table dispute_word (
    dispute_id text not null,
    position bigint not null,
    time_ms bigint not null,
    -- the buyer, or an operator by name
    who text not null,
    sealed_text text not null,
    attachments bytea not null,
    primary key (dispute_id, position)
);
