-- What each request to set a card aside, or to lift that, came to.
create table quarantine_view (
    request_id text not null,
    card_id text not null,
    sku text not null,
    -- quarantined, lifted; or why not: UNKNOWN_CARD, NOT_AVAILABLE, NOT_QUARANTINED
    state text not null,
    by_whom text not null,
    reason text not null,
    time_ms bigint not null,
    primary key (request_id, card_id)
);
