-- What happened in ten seconds on one shard of orders: names and counts, kept for some hours.
create table board_slot (
    slot bigint not null,
    shard int not null,
    counts bytea not null,
    primary key (slot, shard)
) with (fillfactor = 50);

-- Records that services have set aside, until they are processed after all or passed over.
create table parked_view (
    service text not null,
    coordinates text not null,
    shard int not null,
    subject text not null,
    reason text not null,
    behind boolean not null,
    since_ms bigint not null,
    primary key (service, coordinates)
);
create index parked_view_oldest on parked_view (since_ms, service, coordinates);
