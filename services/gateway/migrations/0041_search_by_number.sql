-- Operators find an order by its invoice's number, too: the one that the tax office gave it.
create index invoice_view_number on invoice_view (number) where number <> '';
