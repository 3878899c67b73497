-- How far a service's read models have followed each partition.
create table view_offset (
    topic text not null,
    shard int not null,
    next_offset bigint not null,
    position bigint not null,
    primary key (topic, shard)
) with (fillfactor = 50);
