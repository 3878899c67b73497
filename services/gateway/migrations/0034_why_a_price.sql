-- Why each price was changed and by whom, and what one cost the shop: for those who set prices.
alter table price_view
    add column by_whom text not null default '',
    add column reason text not null default '',
    -- Null: nothing was said of it then, so that it was what it was before.
    add column cost bigint,
    add column below_cost text not null default '';
