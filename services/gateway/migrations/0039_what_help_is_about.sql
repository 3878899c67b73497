-- What help is asked for with before there is an order; '': nothing that was said.
alter table thread_view add column sku text not null default '';
