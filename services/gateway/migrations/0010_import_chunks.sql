-- What of an import has yet to be appended: sealed commands, in chunks. A chunk goes when Kafka has
-- it; whichever door comes by next goes on with the rest.
create table stock_import_chunk (
    import_id text not null,
    number int not null,
    lines int not null,
    records bytea not null,
    primary key (import_id, number)
);
alter table stock_import_chunk alter column records set storage external;

-- Lines that are on the log, and since when: an import is paced by what has become of them.
alter table stock_import add column sent bigint not null default 0;
alter table stock_import add column sent_ms bigint not null default 0;
