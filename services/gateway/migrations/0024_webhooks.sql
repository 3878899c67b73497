-- Where accounts want to be told of their orders, and what became of each message.
create table webhook_view (
    endpoint_id text primary key,
    account_id text not null,
    name text not null,
    url text not null,
    events text[] not null,
    -- enabled, unverified, disabled, barred
    state text not null,
    -- why it is not enabled, or what the last challenge came to
    code text not null,
    reason text not null,
    set_ms bigint not null,
    -- until when the secret before this one signs too; 0: there is none
    old_until_ms bigint not null,
    -- since when nothing has arrived there; 0: the last message did
    failing_ms bigint not null,
    waiting bigint not null,
    delivered bigint not null,
    exhausted bigint not null,
    last_ms bigint not null
) with (fillfactor = 70);
create index webhook_view_account on webhook_view (account_id, name);
create index webhook_view_state on webhook_view (state, endpoint_id);

create table webhook_message_view (
    message_id text primary key,
    endpoint_id text not null,
    account_id text not null,
    position bigint not null,
    event text not null,
    order_id text not null,
    body text not null,
    -- waiting, failing, delivered, exhausted
    state text not null,
    tries int not null,
    status int not null,
    code text not null,
    took_ms int not null,
    queued_ms bigint not null,
    told_ms bigint not null,
    retry_ms bigint not null,
    replays int not null
) with (fillfactor = 70);
create index webhook_message_of_one on webhook_message_view (endpoint_id, position desc);
