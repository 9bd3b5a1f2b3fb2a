-- Times are microseconds since 1970, so that every time of a record is kept exactly. Every writer has the desk's row
-- locked, which is why the other tables need no foreign keys to it: looking at it for each row would cost more than the row.

create table openlines.desk (
	id       bigint generated always as identity primary key,
	name     text collate "C" not null unique,
	revision bigint not null default 0,
	batch    uuid   not null default '00000000-0000-0000-0000-000000000000',
	events   bigint not null default 0, -- number of the last event
	trimmed  bigint not null default 0, -- number of the last event that was forgotten
	due      bigint, -- not indexed: each turn would write the index, too
	format   bigint not null default 0
) with (fillfactor = 50); -- hot rows: room for their versions

create table openlines.record (
	desk  bigint not null,
	kind  text collate "C" not null,
	id    text collate "C" not null,
	open  boolean not null,
	at    bigint not null,
	terms text[] collate "C" not null,
	body  text not null,
	primary key (desk, kind, id)
) with (fillfactor = 80);

create index record_live on openlines.record (desk, kind, id) where open;

-- The words a record is found by, and the empty word for all of a kind.
create table openlines.term (
	desk bigint not null,
	kind text collate "C" not null,
	term text collate "C" not null,
	at   bigint not null,
	id   text collate "C" not null,
	primary key (desk, kind, term, at, id)
);

create table openlines.event (
	desk bigint not null,
	seq  bigint not null,
	body text not null,
	primary key (desk, seq)
);

-- A turn's head, the batch it followed, and what it did to which keys: w(ritten), c(reated closed), d(eleted).
create table openlines.turn (
	desk     bigint not null,
	revision bigint not null,
	parent   uuid   not null,
	batch    uuid   not null,
	events   bigint not null,
	due      bigint,
	format   bigint not null,
	at       timestamptz not null default clock_timestamp(),
	kinds    text[] not null,
	ids      text[] not null,
	acts     text   not null,
	primary key (desk, revision)
);
