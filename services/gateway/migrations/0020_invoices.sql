-- Invoices, with title, tax number and e-mail sealed until somebody may read them.
create table invoice_view (
    invoice_id text primary key,
    order_id text not null,
    account_id text not null,
    -- minor units
    amount bigint not null,
    currency text not null,
    -- requested, issued, rejected, voided
    state text not null,
    sealed_details text not null,
    number text not null,
    -- an operator by name; `refund`: money has gone back
    decided_by text not null,
    reason text not null,
    asked_ms bigint not null,
    decided_ms bigint not null
) with (fillfactor = 80);
create index invoice_view_order on invoice_view (order_id, asked_ms);
create index invoice_view_account on invoice_view (account_id, asked_ms, invoice_id);
create index invoice_view_state on invoice_view (state, asked_ms, invoice_id);
