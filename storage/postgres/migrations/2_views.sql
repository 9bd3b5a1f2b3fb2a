-- For people and reports. A body is read once for each row, however many columns are asked for.

create view openlines.sessions as
select
	d.name as desk,
	(b ->> 'id')::bigint                as id,
	(b ->> 'chat')::bigint              as chat,
	b ->> 'line'                        as line,
	b ->> 'state'                       as state,
	b ->> 'owner'                       as owner,
	b ->> 'offeredTo'                   as offered_to,
	coalesce((b ->> 'toAll')::boolean, false)      as to_all,
	coalesce((b ->> 'unanswered')::boolean, false) as unanswered,
	coalesce((b ->> 'offHours')::boolean, false)   as off_hours,
	coalesce((b ->> 'pinned')::boolean, false)     as pinned,
	b ->> 'reason'                      as reason,
	(b ->> 'began')::timestamptz        as began,
	(b ->> 'queued')::timestamptz       as queued,
	(b ->> 'asked')::timestamptz        as asked,
	(b ->> 'replied')::timestamptz      as replied,
	(b ->> 'accepted')::timestamptz     as accepted,
	(b ->> 'finished')::timestamptz     as finished,
	(b ->> 'ended')::timestamptz        as ended,
	(b ->> 'first')::bigint             as first_message,
	r.open,
	b as body
from openlines.record r join openlines.desk d on d.id = r.desk, lateral (select r.body::jsonb as b offset 0) j
where r.kind = 'session';

create view openlines.messages as
select
	d.name as desk,
	(b ->> 'chat')::bigint              as chat,
	(b ->> 'number')::bigint            as number,
	(b ->> 'session')::bigint           as session,
	(b ->> 'at')::timestamptz           as at,
	b ->> 'by'                          as by,
	b ->> 'operator'                    as operator,
	b ->> 'kind'                        as kind,
	b #>> '{said,text}'                 as text,
	b -> 'files'                        as files,
	(b ->> 'written')::timestamptz      as written,
	b as body
from openlines.record r join openlines.desk d on d.id = r.desk, lateral (select r.body::jsonb as b offset 0) j
where r.kind = 'message';

create view openlines.operators as
select
	d.name as desk,
	r.id,
	b ->> 'name'                        as name,
	b ->> 'status'                      as status,
	(b ->> 'until')::timestamptz        as until,
	(b ->> 'since')::timestamptz        as since,
	b as body
from openlines.record r join openlines.desk d on d.id = r.desk, lateral (select r.body::jsonb as b offset 0) j
where r.kind = 'operator';
