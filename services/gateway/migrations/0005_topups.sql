-- Top-ups on their way, or that a person has to look at; what has ended well is gone from here.
create table topup_view (
    reservation_id text primary key,
    order_id text not null,
    account_id text not null,
    line int not null,
    state text not null,
    supplier text not null,
    code text not null,
    asks int not null,
    -- when the supplier is asked again, Unix milliseconds; null: it is not
    ask_ms bigint,
    since_ms bigint not null
) with (fillfactor = 70);
create index topup_view_oldest on topup_view (since_ms, reservation_id);
