-- Which import brought a card, so that a bad batch can be called back as a whole.
alter table card_view add column sku text;
alter table card_view add column import_id text;
create index card_view_batch on card_view (sku, import_id);

-- What became of each card that was called back; cards are called back once.
create table recall_view (
    card_id text primary key,
    recall_id text not null,
    sku text not null,
    -- withdrawn: it was nobody's; held: an order has it; unknown: there is none such
    state text not null,
    order_id text,
    account_id text,
    line int
);
create index recall_view_recall on recall_view (recall_id, state);
