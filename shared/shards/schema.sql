-- The engine's tables: the same in the schema of every service that decides.
create table shard (
    shard int primary key,
    turn bigint not null,
    ledger bytea not null,
    outbox bytea not null
) with (fillfactor = 50);
-- The blob is overwritten every turn: stored as it is, never compressed.
alter table shard alter column outbox set storage external;

create table aggregate (
    key text not null,
    shard int not null,
    state bytea not null,
    due_ms bigint,
    effect boolean not null default false,
    primary key (key, shard)
) with (fillfactor = 85);
create index aggregate_due on aggregate (shard, due_ms) where due_ms is not null;
create index aggregate_effect on aggregate (shard) where effect;
