-- Support threads; what was said stays sealed until somebody reads it.
create table thread_view (
    thread_id text primary key,
    account_id text not null,
    -- '' and 0: it is about no order, or no line of it
    order_id text not null,
    line int not null,
    -- choose, pay, receive, or ''
    step text not null,
    -- open, answered, closed
    state text not null,
    opened_ms bigint not null,
    -- since when the buyer waits; 0: not
    waiting_ms bigint not null,
    -- the shop's first answer; 0: none
    answered_ms bigint not null,
    changed_ms bigint not null,
    words int not null,
    read_by_buyer int not null,
    read_by_shop int not null,
    -- of the last fact, on the account's shard of the gateway
    position bigint not null
) with (fillfactor = 70);
create index thread_view_account on thread_view (account_id, changed_ms, thread_id);
create index thread_view_moved on thread_view (account_id, position);
create index thread_view_state on thread_view (state, waiting_ms, thread_id);
create index thread_view_answered on thread_view (answered_ms);

create table thread_word (
    thread_id text not null,
    number int not null,
    time_ms bigint not null,
    -- buyer, or an operator by name
    who text not null,
    sealed_text text not null,
    primary key (thread_id, number)
);
