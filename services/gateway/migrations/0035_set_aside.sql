-- Cards that are set aside now: in nobody's hands until that is lifted, or they are called back.
create table aside_view (
    card_id text primary key,
    sku text not null,
    request_id text not null,
    by_whom text not null,
    reason text not null,
    time_ms bigint not null
);
create index aside_view_of_sku on aside_view (sku, request_id);

insert into aside_view
select card_id, sku, request_id, by_whom, reason, time_ms
from (
    select distinct on (card_id) * from quarantine_view where state in ('quarantined', 'lifted')
    order by card_id, time_ms desc
) as newest
where state = 'quarantined' and card_id not in (select card_id from recall_view);
