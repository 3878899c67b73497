-- The phone behind a session, sealed to risk's SMS sender: where a code for an order is sent.
alter table session add column contact text not null default '';

-- Orders that a person looks at, or has looked at: who decided what, and why.
create table hold_view (
    order_id text primary key,
    account_id text not null,
    state text not null,
    rules text[] not null,
    ruleset text not null,
    amount bigint not null,
    currency text not null,
    held_ms bigint not null,
    deadline_ms bigint not null,
    decided_by text not null,
    reason text not null,
    decided_ms bigint
) with (fillfactor = 70);
create index hold_view_oldest on hold_view (state, held_ms, order_id);
