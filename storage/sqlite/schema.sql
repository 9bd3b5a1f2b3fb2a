-- Times are microseconds since 1970, so that every time of a record is kept exactly. A sum is the CRC-32C of its row: SQLite
-- itself does not notice a body that the disk changed. Files hold this text; a change of it is a new version of the file.

create table desk (
	one      integer primary key check (one = 1),
	revision integer not null,
	batch    text    not null, -- that made the revision, in hexadecimal
	events   integer not null, -- number of the last event
	trimmed  integer not null, -- number of the last event that was forgotten
	due      integer,
	format   integer not null,
	sum      integer not null
) strict;

create table record (
	kind  text    not null,
	id    text    not null,
	open  integer not null,
	at    integer not null,
	terms text    not null, -- a JSON array
	body  text    not null,
	sum   integer not null,
	primary key (kind, id)
) strict;

create index record_live on record (kind, id) where open;

-- The words a record is found by, and the empty word for all of a kind.
create table term (
	kind text    not null,
	term text    not null,
	at   integer not null,
	id   text    not null,
	primary key (kind, term, at, id)
) strict, without rowid;

create table event (
	seq  integer primary key,
	body text    not null,
	sum  integer not null
) strict;

-- A turn's head, the batch it followed, and what it did to which keys: [["w","session","1"], …] with w(ritten),
-- c(reated closed), d(eleted). A turn without a parent is where the desk was imported.
create table turn (
	revision integer primary key,
	parent   text    not null,
	batch    text    not null,
	events   integer not null,
	due      integer,
	format   integer not null,
	touched  text    not null,
	sum      integer not null, -- of all but at
	at       integer not null
) strict;

create view sessions as select
	body ->> '$.id'         as id,
	body ->> '$.line'       as line,
	body ->> '$.chat'       as chat,
	body ->> '$.state'      as state,
	body ->> '$.owner'      as owner,
	body ->> '$.offeredTo'  as offered_to,
	body ->> '$.unanswered' as unanswered,
	body ->> '$.reason'     as reason,
	strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e6, 'unixepoch') as began,
	body ->> '$.replied'    as replied,
	body ->> '$.accepted'   as accepted,
	body ->> '$.finished'   as finished,
	body ->> '$.ended'      as ended,
	open
from record where kind = 'session';

create view messages as select
	body ->> '$.chat'      as chat,
	body ->> '$.number'    as number,
	body ->> '$.session'   as session,
	strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e6, 'unixepoch') as at,
	body ->> '$.by'        as by,
	body ->> '$.operator'  as operator,
	body ->> '$.kind'      as kind,
	body ->> '$.said.text' as text,
	body ->> '$.files'     as files
from record where kind = 'message';

create view operators as select
	id,
	body ->> '$.name'   as name,
	body ->> '$.status' as status,
	body ->> '$.until'  as until,
	strftime('%Y-%m-%dT%H:%M:%fZ', at / 1e6, 'unixepoch') as since
from record where kind = 'operator';
