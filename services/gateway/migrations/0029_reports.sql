-- What audit has written and signed, for who reads it at the console.
create table audit_report (
    report_id text primary key,
    text text not null,
    key_id text not null,
    signature text not null,
    signed_ms bigint not null
);

-- Each thing that audit has found wrong, at the record where it shows.
create table audit_flaw (
    coordinates text not null,
    code text not null,
    source text not null,
    detail text not null,
    found_ms bigint not null,
    primary key (coordinates, code)
);
create index reveal_view_newest on reveal_view (time_ms, order_id, position);
