-- Keys that their own accounts make and end; and when the door last saw each, which no log says.
alter table api_key_view add column level text not null default 'member';
alter table api_key_view add column revoked_ms bigint not null default 0;
alter table api_key_view add column revoked_by text not null default '';
create index api_key_view_account on api_key_view (account_id, issued_ms);

create table api_key_use (
    key_id text primary key,
    used_ms bigint not null
) with (fillfactor = 50);
