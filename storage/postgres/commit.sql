-- $1 desk · $2, $3 the expected revision and batch · $4 batch · $5 due · $6 format · $7 trim · $8 number of the first
-- event · $9 events · $10 … $17 puts: kind, id, open, at, terms as an array literal, body, create, same · $18, $19
-- deletes: kind, id · $20, $21, $22 what was touched: kind, id, act
--
-- Rows are looked up one by one (lateral … offset 0) and deleted by their place: a planner without statistics would
-- compare all with all. Places hold, because whoever moved the desk on is alone until he commits.
with t as (
	update openlines.desk set revision = revision + 1, batch = $4, due = $5, format = $6,
		events = events + cardinality($9::text[]),
		trimmed = greatest(trimmed, least($7, events + cardinality($9::text[])))
	where id = $1 and revision = $2 and batch = $3 and format <= $6 and (cardinality($9::text[]) = 0 or events = $8::bigint - 1)
	returning revision, events, trimmed
), u as materialized ( -- with what is stored, where terms may change
	select u.*, old.at as old_at, old.terms as old_terms from t,
		unnest($10::text[], $11::text[], $12::boolean[], $13::bigint[], $14::text[], $15::text[], $16::boolean[], $17::boolean[])
			u(kind, id, open, at, terms, body, fresh, same)
		left join lateral (
			select r.at, r.terms from openlines.record r
			where not u.fresh and not u.same and r.desk = $1 and r.kind = u.kind and r.id = u.id offset 0
		) old on true
), born as (
	insert into openlines.record (desk, kind, id, open, at, terms, body)
	select $1, kind, id, open, at, terms::text[], body from u where fresh
), written as (
	insert into openlines.record (desk, kind, id, open, at, terms, body)
	select $1, kind, id, open, at, terms::text[], body from u where not fresh
	on conflict (desk, kind, id) do update set open = excluded.open, terms = excluded.terms, body = excluded.body
), gone as materialized (
	select r.* from t, unnest($18::text[], $19::text[]) k(kind, id), lateral (
		select ctid as place, kind, id, at, terms from openlines.record
		where desk = $1 and kind = k.kind and id = k.id offset 0
	) r
), deleted as (
	delete from openlines.record where ctid = any (array(select place from gone))
), lost as materialized (
	select x.place from (
		select kind, id, old_at as at, w.term from u, unnest(old_terms) w(term) where w.term <> all (terms::text[])
		union all
		select kind, id, at, w.term from gone, unnest(gone.terms || ''::text) w(term)
	) w, lateral (
		select ctid as place from openlines.term
		where desk = $1 and kind = w.kind and term = w.term and at = w.at and id = w.id offset 0
	) x
), unlisted as (
	delete from openlines.term where ctid = any (array(select place from lost))
), listed as (
	insert into openlines.term (desk, kind, term, at, id)
	select $1, kind, w.term, coalesce(old_at, at), id
	from u, unnest(case when old_at is null then terms::text[] || ''::text else terms::text[] end) w(term)
	where not same and (old_terms is null or w.term <> all (old_terms))
), told as (
	insert into openlines.event (desk, seq, body)
	select $1, $8::bigint + e.n - 1, e.body from t, unnest($9::text[]) with ordinality e(body, n) where $8::bigint + e.n - 1 > t.trimmed
), forgotten as (
	delete from openlines.event e using t where $7 > 0 and e.desk = $1 and e.seq <= t.trimmed
), kept as (
	insert into openlines.turn (desk, revision, parent, batch, events, due, format, kinds, ids, acts)
	select $1, t.revision, $3, $4, t.events, $5, $6, $20, $21, $22 from t
), past as ( -- now and then: looking each time would cost more than the rows
	delete from openlines.turn p using t
	where t.revision % 100 = 0 and p.desk = $1 and p.revision <= t.revision - 1000 and p.at < clock_timestamp() - interval '1 hour'
)
select revision, events, (extract(epoch from clock_timestamp()) * 1000000)::bigint from t
