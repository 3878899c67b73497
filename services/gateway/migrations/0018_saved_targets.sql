-- Where an account's top-ups often go: name and fields, sealed.
create table saved_target_view (
    account_id text not null,
    target_id text not null,
    sealed text not null,
    saved_ms bigint not null,
    primary key (account_id, target_id)
) with (fillfactor = 80);
