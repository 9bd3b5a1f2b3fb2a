-- $1 desk · $2, $3 the expected revision and batch · $4 batch · $5 due · $6 format · $7 trim · $8 number of the first
-- event · $9 events · $10 … $17 puts: kind, id, open, at, terms as an array literal, body, create, same · $18, $19
-- deletes: kind, id · $20, $21, $22 what was touched: kind, id, act
with t as (
	update openlines_desk set revision = revision + 1, batch = $4, due = $5, format = $6,
		events = events + cardinality($9::text[]),
		trimmed = greatest(trimmed, least($7, events + cardinality($9::text[])))
	where id = $1 and revision = $2 and batch = $3 and format <= $6 and (cardinality($9::text[]) = 0 or events = $8 - 1)
	returning revision, events, trimmed
), u as materialized (
	select kind, id, open, at, terms::text[] as terms, body, fresh, same from t,
		unnest($10::text[], $11::text[], $12::boolean[], $13::bigint[], $14::text[], $15::text[], $16::boolean[], $17::boolean[])
			u(kind, id, open, at, terms, body, fresh, same)
), born as (
	insert into openlines_record (desk, kind, id, open, at, terms, body)
	select $1, kind, id, open, at, terms, body from u where fresh
), written as (
	insert into openlines_record (desk, kind, id, open, at, terms, body)
	select $1, kind, id, open, at, terms, body from u where not fresh
	on conflict (desk, kind, id) do update set open = excluded.open, terms = excluded.terms, body = excluded.body
), old as materialized ( -- whose terms may change; a null new: all go
	select r.kind, r.id, r.at, r.terms || ''::text as terms, u.terms || ''::text as new
	from u join openlines_record r on r.desk = $1 and r.kind = u.kind and r.id = u.id
	where not u.fresh and not u.same
	union all
	select r.kind, r.id, r.at, r.terms || ''::text, null
	from t, unnest($18::text[], $19::text[]) k(kind, id) join openlines_record r on r.desk = $1 and r.kind = k.kind and r.id = k.id
), deleted as (
	delete from openlines_record r using old
	where old.new is null and r.desk = $1 and r.kind = old.kind and r.id = old.id
), lost as (
	delete from openlines_term x using old, unnest(old.terms) w(term)
	where x.desk = $1 and x.kind = old.kind and x.term = w.term and x.at = old.at and x.id = old.id
		and (old.new is null or w.term <> all (old.new))
), won as (
	insert into openlines_term (desk, kind, term, at, id)
	select $1, u.kind, w.term, coalesce(old.at, u.at), u.id
	from u left join old on old.kind = u.kind and old.id = u.id, unnest(u.terms || ''::text) w(term)
	where not u.same and (old.id is null or w.term <> all (old.terms))
), told as (
	insert into openlines_event (desk, seq, body)
	select $1, $8 + e.n - 1, e.body from t, unnest($9::text[]) with ordinality e(body, n) where $8 + e.n - 1 > t.trimmed
), forgotten as (
	delete from openlines_event e using t where $7 > 0 and e.desk = $1 and e.seq <= t.trimmed
), kept as (
	insert into openlines_turn (desk, revision, parent, batch, events, due, format, kinds, ids, acts)
	select $1, t.revision, $3, $4, t.events, $5, $6, $20, $21, $22 from t
), past as ( -- now and then: looking each time would cost more than the rows
	delete from openlines_turn p using t
	where t.revision % 100 = 0 and p.desk = $1 and p.revision < t.revision - 1000 and p.at < clock_timestamp() - interval '1 hour'
)
select revision, events, (extract(epoch from clock_timestamp()) * 1000000)::bigint from t
