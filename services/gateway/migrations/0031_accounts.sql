-- How each account stands with us, whichever of its facts comes first: opened by a phone, given a
-- key, blocked by one of our people, let in again, given a level.
create table standing_view (
    account_id text primary key,
    -- 0: not heard of yet
    opened_ms bigint not null default 0,
    level text not null default 'retail',
    -- 0: it is not blocked
    blocked_ms bigint not null default 0,
    blocked_by text not null default '',
    reason text not null default ''
) with (fillfactor = 80);
create index standing_view_opened on standing_view (opened_ms, account_id);
create index standing_view_blocked on standing_view (blocked_ms) where blocked_ms > 0;

insert into standing_view (account_id, opened_ms)
select account_id, min(opened_ms) from (
    select account_id, opened_ms from account_view
    union all
    select account_id, issued_ms from api_key_view
) as known group by account_id;

-- What our people have done about accounts and orders, in whose name and why: for the auditor.
create table deed_view (
    request_id text primary key,
    time_ms bigint not null,
    -- blocked, unblocked, level, key_ended, cancelling, cancelled
    deed text not null,
    account_id text not null,
    -- the level, the key or the order
    about text not null,
    by_whom text not null,
    reason text not null
);
create index deed_view_time on deed_view (time_ms, request_id);
create index deed_view_account on deed_view (account_id, time_ms);

-- The door's own: how people of the desk know a phone again. Kept in no log; it comes back at the
-- next sign-in.
create table masked_phone (
    account_id text primary key,
    masked text not null,
    tail text not null
);
create index masked_phone_tail on masked_phone (tail, account_id);
