-- Whose sessions there are: listed and ended by their owner.
create index session_of_one on session (kind, subject);
