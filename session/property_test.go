package session_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/openlines-go/openlines/session"
)

var anyRules = rapid.Custom(func(t *rapid.T) session.Rules {
	return session.Rules{
		UnansweredAfter: rapid.SampledFrom([]time.Duration{0, time.Microsecond, 45 * time.Second, session.Never}).Draw(t, "unanswered"),
		GiveUpAfter:     rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour}).Draw(t, "give up"),
		CloseDelay:      rapid.SampledFrom([]time.Duration{0, session.AtOnce, time.Second, time.Hour}).Draw(t, "delay"),
	}
})

var anyNorms = rapid.Custom(func(t *rapid.T) session.Norms {
	some := rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour})
	return session.Norms{First: some.Draw(t, "first"), Further: some.Draw(t, "further")}
})

var anySteps = rapid.SampledFrom([][]time.Duration{nil, {time.Second}, {time.Minute, time.Hour}, {time.Second, time.Minute, 2 * time.Hour}})

// mustClimb takes the steps that are due, by any ladder: each of them once, and in the end the next one lies ahead.
func mustClimb(t *rapid.T, s session.Session, now time.Time) session.Session {
	t.Helper()
	steps := anySteps.Draw(t, "ladder")
	for last := -1; !s.EscalateAt.IsZero() && !s.EscalateAt.After(now); {
		next, i := s.Escalate(steps, now)
		if i >= 0 && (i <= last || s.EscalateFrom.Add(steps[i]).After(now) || !next.Escalated.After(s.Escalated)) {
			t.Fatalf("step %d after %d at %v, of a wait since %v", i, last, now, s.EscalateFrom)
		}
		if i < 0 && !next.EscalateAt.IsZero() && !next.EscalateAt.After(now) {
			t.Fatalf("no step, and another at %v", next.EscalateAt)
		}
		s, last = next, max(i, last)
	}
	return s
}

// Any acts at any times, and rules that an administrator changes meanwhile.
func TestAnySequenceOfActs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now, owned := nine, false
		ahead := rapid.SampledFrom([]time.Duration{0, 0, time.Minute, time.Hour}).Draw(t, "ahead")
		s := session.New(now, ahead, anyRules.Draw(t, "rules"))
		switch rapid.IntRange(0, 4).Draw(t, "begins") {
		case 4:
			s = s.AwaitConsent(now.Add(time.Hour))
		case 1:
			s = s.Identify(now.Add(3 * time.Second))
		case 3:
			s = s.Entrust(now.Add(time.Minute))
		case 2:
			s, owned = session.Held(now, anyRules.Draw(t, "rules")), true
		}
		mustBeSound(t, session.Session{}, s, now, ahead)
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			if _, which := s.Due(); which == session.AnswerTimer && rapid.Bool().Draw(t, "mark") {
				s = s.MarkUnanswered()
			}
			now = now.Add(rapid.SampledFrom([]time.Duration{0, time.Microsecond, time.Second, time.Hour}).Draw(t, "later"))
			act := rapid.SampledFrom(session.Acts()).Draw(t, "act")
			if !s.NormBy.IsZero() && rapid.Bool().Draw(t, "miss") {
				s = s.Miss()
			}
			if !s.EscalateAt.IsZero() && !now.Before(s.EscalateAt) {
				s = mustClimb(t, s, now)
			}
			if rapid.Bool().Draw(t, "switch on") {
				rules := anyRules.Draw(t, "rules")
				on := s.SwitchOn(now, rules)
				mustBeSound(t, s, on, now, ahead)
				if diff := cmp.Diff(on, on.SwitchOn(now.Add(time.Hour), rules)); diff != "" {
					t.Fatalf("what runs was begun again (-want +got):\n%s", diff)
				}
				s = on
			}
			next, err := s.Step(act, now, anyRules.Draw(t, "rules"))
			if err != nil {
				if diff := cmp.Diff(s, next); diff != "" {
					t.Fatalf("%v, and changed (-want +got):\n%s", err, diff)
				}
				continue
			}
			if s.State == session.Closed {
				t.Fatalf("closed, and takes %s", act)
			}
			switch act {
			case session.Accept, session.Take:
				owned = true
			case session.PassOn, session.Skip, session.Return, session.Complete, session.Abandon, session.Transfer, session.Move, session.Spam,
				session.GiveUp, session.Archive, session.Supersede, session.Erase, session.Conclude, session.Decline:
				owned = false
			case session.Finish:
				owned = next.State != session.Closed
			}
			if act == session.Reply && !next.OwnerReplied || act == session.Assist && next.OwnerReplied != s.OwnerReplied {
				t.Fatalf("after %s the owner has replied: %v", act, next.OwnerReplied)
			}
			if next.State.Owned() != owned {
				t.Fatalf("%s after %s: somebody has it: %v", next.State, act, owned)
			}
			moved := rapid.Bool().Draw(t, "moved")
			next = next.Timed(s, anyNorms.Draw(t, "norms"), moved, now).Awaited(s, anySteps.Draw(t, "steps"), moved, now)
			mustBeSound(t, s, next, now, ahead)
			if next.State == session.Bot {
				next.BotUntil, next.BotBy = now.Add(time.Minute), now.Add(time.Second)
			}
			if act == session.Offer && rapid.Bool().Draw(t, "passes on") {
				next.OfferEnds = now.Add(time.Minute)
			}
			s = next
		}
	})
}

// mustBeSound checks a session after an act against the one before it.
func mustBeSound(t *rapid.T, before, after session.Session, now time.Time, ahead time.Duration) {
	t.Helper()
	for name, d := range map[string]struct {
		before, after time.Time
		fits          bool
	}{
		"AnswerBy":    {before.AnswerBy, after.AnswerBy, !after.Served && after.State.Open() && after.State != session.Consenting && after.State != session.Closing && after.State != session.Bot},
		"NormBy":      {before.NormBy, after.NormBy, !after.Asked.IsZero() && !after.Overdue && after.State != session.Closing},
		"EscalateAt":  {before.EscalateAt, after.EscalateAt, after.State == session.Waiting || after.State == session.Offered},
		"OfferEnds":   {before.OfferEnds, after.OfferEnds, after.State == session.Offered},
		"CloseAt":     {before.CloseAt, after.CloseAt, after.State == session.Closing || after.State == session.AutoClosed},
		"AutoCloseAt": {before.AutoCloseAt, after.AutoCloseAt, after.State == session.Replied},
		"ConsentBy":   {before.ConsentBy, after.ConsentBy, after.State == session.Consenting},
		"IdentifyBy":  {before.IdentifyBy, after.IdentifyBy, after.State == session.Identifying},
		"BotUntil":    {before.BotUntil, after.BotUntil, after.State == session.Bot},
		"BotBy":       {before.BotBy, after.BotBy, after.State == session.Bot},
		"GiveUpAt":    {before.GiveUpAt, after.GiveUpAt, after.State == session.Waiting || after.State == session.Offered},
		"NeglectedAt": {before.NeglectedAt, after.NeglectedAt, after.State.Active()},
	} {
		if !d.after.IsZero() && (!d.fits || !d.after.Equal(d.before) && d.after.Before(now)) {
			t.Fatalf("%s: %s is %v at %v, before it was %v", after.State, name, d.after, now, d.before)
		}
	}
	if (after.State == session.Closing || after.State == session.AutoClosed) == after.CloseAt.IsZero() {
		t.Fatalf("%s closes at %v", after.State, after.CloseAt)
	}
	if after.State == session.Consenting && !after.Asked.IsZero() {
		t.Fatalf("asked at %v, before he consents", after.Asked)
	}
	if closed := after.State == session.Closed; closed == after.Ended.IsZero() || closed == (after.Reason == "") {
		t.Fatalf("%s ended at %v, %q", after.State, after.Ended, after.Reason)
	}
	if due, which := after.Due(); after.State == session.Closed && which != session.NoTimer {
		t.Fatalf("closed, and due at %v", due)
	}
	began := before.State == "" || before.State == session.Consenting && after.Queued.Equal(now.Add(-ahead))
	if !after.Queued.Equal(before.Queued) && !after.Queued.Equal(now) && !began {
		t.Fatalf("waits since %v, before since %v", after.Queued, before.Queued)
	}
	if after.State == session.Replied && !after.Asked.IsZero() || after.State == session.ClientWaits && after.Asked.IsZero() {
		t.Fatalf("%s, asked at %v", after.State, after.Asked)
	}
	if after.State == session.Answered && after.Asked.IsZero() && !after.Replied.IsZero() {
		t.Fatalf("accepted as if the client were owed a reply: replied to at %v", after.Replied)
	}
	if after.State == session.Answered && after.OwnerReplied {
		t.Fatalf("%s, and the owner has replied: %v", after.State, after.OwnerReplied)
	}
	if !before.Replied.IsZero() && !after.Replied.Equal(before.Replied) || !after.Began.Equal(nine) {
		t.Fatalf("the first reply moved from %v to %v, the beginning to %v", before.Replied, after.Replied, after.Began)
	}
	if owes := !after.Asked.IsZero() && after.Asked.Equal(before.Asked) && before.State != session.Closing; before.Overdue && owes && after.State.Open() &&
		after.State != session.Closing && !after.Overdue {
		t.Fatalf("%s: the same reply is not overdue any more", after.State)
	}
	if before.Served && !after.Served {
		t.Fatal("served no more")
	}
	if before.Unanswered && !after.Unanswered {
		t.Fatal("the mark is gone")
	}
}
