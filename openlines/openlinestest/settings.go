package openlinestest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

func (s *script) line(c command) error {
	ctx := s.desk.tb.Context()
	l, account := openlines.Line{ID: DefaultLine}, ""
	if c.word(0) != "" {
		l.ID = openlines.LineID(c.word(0))
	}
	for _, k := range c.keys {
		if k[0] == "account" {
			account = k[1]
		} else if err := set(&l, k[0], k[1]); err != nil {
			return err
		}
	}
	if err := s.by(c).PutLine(ctx, l); err != nil {
		return err
	}
	if account == "none" {
		return nil
	}
	err := s.desk.Connect(ctx, l.ID, ConnectorID, cmp.Or(account, string(l.ID)))
	if errors.Is(err, openlines.ErrConnected) {
		return nil // by another account, which stays
	}
	return err
}

func set(l *openlines.Line, key, value string) (err error) {
	switch key {
	case "mode":
		l.Queue.Mode = queue.Mode(value)
	case "members":
		for id := range strings.SplitSeq(value, ",") {
			id, shown, _ := strings.Cut(id, "/")
			id, weight, weighs := strings.Cut(id, "*")
			m := queue.Member{Operator: queue.OperatorID(id), Name: shown}
			if department, ok := strings.CutPrefix(id, "@"); ok {
				m = queue.Member{Department: queue.DepartmentID(department)}
			}
			if weighs {
				if m.Weight, err = strconv.Atoi(weight); err != nil {
					return err
				}
			}
			l.Queue.Members = append(l.Queue.Members, m)
		}
	case "direct-only":
		l.Queue.DirectOnly, err = strconv.ParseBool(value)
	case "pass-on":
		l.Queue.PassOnAfter = duration(value)
	case "check":
		l.Queue.OnlyAvailable, err = strconv.ParseBool(value)
	case "sticky":
		l.Queue.Sticky = duration(value)
	case "grace":
		l.Queue.Grace = duration(value)
	case "ageing":
		l.Queue.Ageing = duration(value)
	case "limit":
		l.Queue.Limit.Max, err = strconv.Atoi(value)
	case "counts":
		l.Queue.Limit.Counts = queue.Counting(value)
	case "version":
		l.Version, err = strconv.ParseUint(value, 10, 64)
	case "external":
		l.External = value
	case "category":
		l.Category = value
	case "temporary":
		l.Temporary, err = strconv.ParseBool(value)
	case "confirm-close":
		l.ConfirmClose, err = strconv.ParseBool(value)
	case "speaks":
		l.Language = value
	case "recommended":
		id := l.ID
		*l = openlines.Recommended()
		l.ID = id
	case "priority":
		l.Queue.Priority, err = strconv.Atoi(value)
	case "unanswered":
		l.Session.UnansweredAfter = duration(value)
	case "close-delay":
		l.Session.CloseDelay = duration(value)
	case "auto-close":
		l.Session.AutoCloseAfter = duration(value)
	case "life":
		l.Session.AutoClosedLife = duration(value)
	case "neglect":
		l.Session.NeglectAfter = duration(value)
	case "hours":
		err = json.Unmarshal([]byte(value), &l.Hours)
	case "verify":
		l.CRM.Verify, err = strconv.ParseBool(value)
	case "within":
		l.CRM.Within = desk.Within(duration(value))
	case "keep-in-queue":
		l.CRM.KeepInQueue, err = strconv.ParseBool(value)
	case "inactive":
		l.Inactive, err = strconv.ParseBool(value)
	case "greet-once":
		l.GreetOnce, err = strconv.ParseBool(value)
	case "apologise-twice":
		l.ApologiseTwice, err = strconv.ParseBool(value)
	case "own-language":
		l.Language = value
	case "canned":
		l.Canned = value
	case "name":
		l.Name = value
	case "greeting":
		l.Texts.Greeting = value
	case "off-hours":
		l.Texts.OffHours = value
	case "nobody":
		l.Texts.Nobody = value
	case "unanswered-text":
		l.Texts.Unanswered = value
	case "auto-close-text":
		l.Texts.AutoClose = value
	case "language":
		tag, text, _ := strings.Cut(value, ":")
		kind, words, _ := strings.Cut(text, "=")
		translated := openlines.Line{Texts: l.Translations[tag]}
		if err := set(&translated, kind, words); err != nil {
			return err
		}
		if l.Translations == nil {
			l.Translations = map[string]openlines.Texts{}
		}
		l.Translations[tag] = translated.Texts
	case "rate":
		l.Texts.Rate = value
	case "rate-buttons":
		l.Texts.RateButtons = value
	case "liked":
		l.Texts.Liked = value
	case "disliked":
		l.Texts.Disliked = value
	case "thanks":
		l.Thanks = strings.Split(value, ",")
	case "rating":
		err = json.Unmarshal([]byte(value), &l.Rating)
	case "off-hours-to":
		l.OffHoursTo = openlines.LineID(value)
	case "unanswered-to":
		l.UnansweredTo = openlines.LineID(value)
	case "closing":
		l.Texts.Closing = value
	case "given-up":
		l.Texts.GivenUp = value
	case "give-up":
		l.Session.GiveUpAfter = duration(value)
	case "code":
		l.Code = value
	case "many-accounts":
		l.ManyAccounts, err = strconv.ParseBool(value)
	default:
		if strings.HasPrefix(key, "bot") {
			return setBot(&l.Bot, key, value)
		}
		if !setClient(l, key, value) && !setNorms(l, key, value) {
			return setCRM(&l.CRM, key, value)
		}
	}
	return err
}

func (s *script) settings(c command) (err error) {
	var o openlines.Settings
	for _, k := range c.keys {
		switch k[0] {
		case "max":
			o.MaxSessions, err = strconv.Atoi(k[1])
		case "version":
			o.Version, err = strconv.ParseUint(k[1], 10, 64)
		case "notify-nearly-full":
			o.NotifyNearlyFull = notify(k[1])
		case "lines":
			o.Plan.MaxLines, err = strconv.Atoi(k[1])
		case "no-all":
			o.Plan.NoAll, err = strconv.ParseBool(k[1])
		case "network-free":
			o.Plan.NetworkFree, err = strconv.ParseBool(k[1])
		case "no-rating":
			o.Plan.NoRating, err = strconv.ParseBool(k[1])
		case "no-hours":
			o.Plan.NoHours, err = strconv.ParseBool(k[1])
		case "no-roles":
			o.Plan.NoRoles, err = strconv.ParseBool(k[1])
		case "worktime":
			o.Presence.WorkTime, err = strconv.ParseBool(k[1])
		case "explicit":
			o.Presence.Explicit, err = strconv.ParseBool(k[1])
		case "browser":
			o.Presence.Browser = duration(k[1])
		case "mobile":
			o.Presence.Mobile = duration(k[1])
		case "desktop":
			o.Presence.Desktop = duration(k[1])
		default:
			name, is := strings.CutPrefix(k[0], "profile.")
			if !is {
				return fmt.Errorf("no such key: %s", k[0])
			}
			var p worktime.Presence
			err = json.Unmarshal([]byte(k[1]), &p)
			if o.Profiles == nil {
				o.Profiles = map[string]worktime.Presence{}
			}
			o.Profiles[name] = p
		}
		if err != nil {
			return err
		}
	}
	return s.by(c).PutSettings(s.desk.tb.Context(), o)
}

// operator puts operators, who all have the hours and the profile given.
func (s *script) operator(c command) (err error) {
	var o openlines.Operator
	for _, k := range c.keys {
		switch k[0] {
		case "hours":
			err = json.Unmarshal([]byte(k[1]), &o.Hours)
		case "profile":
			o.Profile = k[1]
		case "name":
			o.Name = k[1]
		case "photo":
			o.Photo = k[1]
		case "roles":
			o.Roles = c.roles()
		default:
			err = fmt.Errorf("no such key: %s", k[0])
		}
		if err != nil {
			return err
		}
	}
	for _, w := range c.words {
		o := o
		o.ID, o.Name = queue.OperatorID(w), cmp.Or(o.Name, w)
		err = errors.Join(err, s.by(c).PutOperator(s.desk.tb.Context(), o))
	}
	return err
}

// duration reads a duration of a script. One that cannot be read is negative, which every rule refuses.
func duration(text string) time.Duration {
	switch text {
	case "never":
		return session.Never
	case "at-once":
		return session.AtOnce
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return -1
	}
	return d
}

// named tells an error by its name.
func named(err error) string {
	if forbidden, ok := errors.AsType[*openlines.Forbidden](err); ok {
		return "ErrDenied: " + string(forbidden.Right)
	}
	for name, known := range map[string]error{
		"ErrNotFound": openlines.ErrNotFound, "ErrNotConnected": openlines.ErrNotConnected,
		"ErrConnected": openlines.ErrConnected, "ErrInactive": openlines.ErrInactive, "ErrTaken": openlines.ErrTaken,
		"ErrNotOffered": openlines.ErrNotOffered, "ErrFull": openlines.ErrFull, "ErrOver": openlines.ErrOver,
		"ErrDenied": openlines.ErrDenied, "ErrOnce": openlines.ErrOnce, "ErrTooMany": openlines.ErrTooMany, "ErrUnsupported": connector.ErrUnsupported,
	} {
		if errors.Is(err, known) {
			return name
		}
	}
	if soon, ok := errors.AsType[*openlines.TooSoon](err); ok {
		return "TooSoon: " + soon.Until.Format(stamp)
	}
	if conflict, ok := errors.AsType[*openlines.Conflict](err); ok {
		return fmt.Sprint("Conflict: version ", conflict.Version)
	}
	if invalid, ok := errors.AsType[*openlines.Invalid](err); ok {
		return "Invalid " + invalid.Field + ": " + invalid.Problem
	}
	if refused, ok := errors.AsType[*openlines.Refused](err); ok {
		return fmt.Sprintf("Refused %s: %s", refused.Act, refused.State)
	}
	return err.Error()
}
