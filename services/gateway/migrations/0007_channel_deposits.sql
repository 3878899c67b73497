-- Money for wallets through payment channels: where it can be paid, and what became of it.
create table channel_deposit_view (
    deposit_id text primary key,
    account_id text not null,
    channel text not null,
    amount bigint not null,
    currency text not null,
    -- opening, awaiting_payment, paid, mismatched, failed
    state text not null,
    pay_url text not null,
    code text not null
) with (fillfactor = 70);
