-- What the door shows: follows delivery.events, and can be dropped and read again from there.
create table line_cards (
    reservation_id text primary key,
    order_id text not null,
    account_id text not null,
    line int not null,
    sku text not null,
    -- msgpack of [[card id, sealed], …]
    cards bytea not null,
    delivered boolean not null
) with (fillfactor = 70);
create index line_cards_of_order on line_cards (order_id, line);

create table reveal (
    request_id text primary key,
    order_id text not null,
    account_id text not null,
    line int not null,
    -- why it was refused; null: shown
    code text
);
