-- Times are microseconds since 1970, so that every time of a record is kept exactly.

create table if not exists openlines_desk (
	id       bigint generated always as identity primary key,
	name     text collate "C" not null unique,
	revision bigint not null default 0,
	batch    uuid   not null default '00000000-0000-0000-0000-000000000000',
	events   bigint not null default 0, -- number of the last event
	trimmed  bigint not null default 0, -- number of the last event that was forgotten
	due      bigint,
	format   bigint not null default 0
) with (fillfactor = 50); -- one hot row: room for its versions

create table if not exists openlines_record (
	desk  bigint not null references openlines_desk on delete cascade,
	kind  text collate "C" not null,
	id    text collate "C" not null,
	open  boolean not null,
	at    bigint not null,
	terms text[] collate "C" not null,
	body  text not null,
	primary key (desk, kind, id)
) with (fillfactor = 80);

create index if not exists openlines_record_live on openlines_record (desk, kind, id) where open;

-- The words a record is found by, and the empty word for all of a kind.
create table if not exists openlines_term (
	desk bigint not null references openlines_desk on delete cascade,
	kind text collate "C" not null,
	term text collate "C" not null,
	at   bigint not null,
	id   text collate "C" not null,
	primary key (desk, kind, term, at, id)
);

create table if not exists openlines_event (
	desk bigint not null references openlines_desk on delete cascade,
	seq  bigint not null,
	body text not null,
	primary key (desk, seq)
);

-- A turn's head, the batch it followed, and what it did to which keys: w(ritten), c(reated closed), d(eleted).
create table if not exists openlines_turn (
	desk     bigint not null references openlines_desk on delete cascade,
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
