package desk

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
	"github.com/openlines-go/openlines/worktime"
)

// Limits of [ReadLine] and [ReadSettings].
const (
	MaxDocument = 32 << 20 // bytes: more than the longest queue takes
	maxProblems = 100      // told of one document
)

// ReadLine reads a line from its JSON form, such as a program's configuration, and validates it. Durations are text, such as
// "45s", "never" or, of what is in "session", "at-once". What it does not know it refuses: keys that are no field, written
// otherwise or twice, and whatever follows the document. The error joins every problem as *Invalid, whose Field is the path of
// the key ("queue.passOnAfter"); then the line is zero.
func ReadLine(r io.Reader) (Line, error) {
	var l Line
	if err := read(r, &l, l.Validate); err != nil {
		return Line{}, err
	}
	return l.plain(), nil
}

// ReadSettings reads the settings of a desk as [ReadLine] reads a line.
func ReadSettings(r io.Reader) (Settings, error) {
	var s Settings
	if err := read(r, &s, s.Validate); err != nil {
		return Settings{}, err
	}
	return s.plain(), nil
}

// read reads a document into a value and validates it.
func read(r io.Reader, into any, validate func() error) error {
	text, err := io.ReadAll(io.LimitReader(r, MaxDocument+1))
	switch {
	case err != nil:
		return fmt.Errorf("desk: read settings: %w", err)
	case len(text) > MaxDocument:
		return &Invalid{Field: "document", Problem: "too long", Limit: MaxDocument}
	}
	var raw json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		problem := "not JSON"
		if where, is := errors.AsType[*json.SyntaxError](err); is {
			problem += ", at byte " + strconv.FormatInt(where.Offset, 10)
		}
		return &Invalid{Field: "document", Problem: problem}
	}
	var d document
	if known := d.value("", raw, reflect.TypeOf(into).Elem()); known != nil {
		if err := json.Unmarshal(known, into); err != nil {
			d.bad("document", err.Error())
		}
	}
	d.all("", validate())
	return errors.Join(d.problems...)
}

// document is a JSON document under examination.
type document struct{ problems []error }

func (d *document) bad(path, problem string) {
	if len(d.problems) < maxProblems {
		d.problems = append(d.problems, &Invalid{Field: path, Problem: problem})
	}
}

// all adds every problem that an error joins, by the keys of their fields.
func (d *document) all(path string, err error) {
	if joined, is := err.(interface{ Unwrap() []error }); is {
		for _, e := range joined.Unwrap() {
			d.all(path, e)
		}
		return
	}
	if err == nil || len(d.problems) >= maxProblems {
		return
	}
	if of, is := errors.AsType[*worktime.Invalid](err); is {
		d.bad(below(path, of.Field), of.Problem)
	} else if of, is := errors.AsType[*Invalid](err); is {
		d.problems = append(d.problems, &Invalid{Field: keys(of.Field), Problem: of.Problem, Limit: of.Limit})
	} else {
		d.bad(path, err.Error())
	}
}

// defaulted are the times that have a default other than none, beside those of the rules.
var defaulted = []string{"bot.for", "consent.within", "crm.within"}

var textual = reflect.TypeFor[encoding.TextUnmarshaler]()

// value examines a value for a type, and returns what of it can be read; nil: nothing.
func (d *document) value(path string, raw json.RawMessage, t reflect.Type) json.RawMessage {
	switch {
	case string(raw) == "null":
		return nil
	case t == reflect.TypeFor[time.Duration](): // of rules, whose JSON form has it as text
		return d.duration(path, raw)
	case t == reflect.TypeFor[queue.Rules](), t == reflect.TypeFor[session.Rules]():
		return d.object(path, raw, fields(t))
	case reflect.PointerTo(t).Implements(textual), reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()):
		if t == reflect.TypeFor[Within]() && slices.Contains(defaulted, path) && bytes.HasPrefix(raw, []byte(`"0`)) {
			if v := new(Within); json.Unmarshal(raw, v) == nil && *v == 0 {
				d.bad(path, "want more than 0, or nothing for the default")
				return nil
			}
		}
		return d.leaf(path, raw, t)
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.object(path, raw, fields(t))
	case reflect.Map:
		return d.object(path, raw, func(string) reflect.Type { return t.Elem() })
	case reflect.Slice:
		return d.list(path, raw, t.Elem())
	case reflect.Pointer:
		return d.value(path, raw, t.Elem())
	}
	return d.leaf(path, raw, t)
}

// fields returns the types of a struct's fields by their keys: their tags, or else their names.
func fields(t reflect.Type) func(key string) reflect.Type {
	return func(key string) reflect.Type {
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.Anonymous && (name == key || name == "" && keys(f.Name) == key) {
				return f.Type
			}
		}
		return nil
	}
}

// object examines the values of an object, by the types of their keys; nil: there is no such key.
func (d *document) object(path string, raw json.RawMessage, of func(key string) reflect.Type) json.RawMessage {
	in := json.NewDecoder(bytes.NewReader(raw))
	if open, _ := in.Token(); open != json.Delim('{') {
		d.bad(path, "want an object")
		return nil
	}
	known, out := map[string]bool{}, []byte("{")
	for in.More() {
		name, _ := in.Token()
		key, _ := name.(string)
		var value json.RawMessage
		if in.Decode(&value) != nil {
			return nil // it was read once: it can be read
		}
		t := of(key)
		switch {
		case t == nil:
			d.bad(below(path, key), "no such key")
			continue
		case known[key]:
			d.bad(below(path, key), "twice")
			continue
		}
		known[key] = true
		if value = d.value(below(path, key), value, t); value != nil {
			out = append(append(append(append(out, data(key)...), ':'), value...), ',')
		}
	}
	return append(bytes.TrimSuffix(out, []byte(",")), '}')
}

func (d *document) list(path string, raw json.RawMessage, of reflect.Type) json.RawMessage {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		d.bad(path, "want a list")
		return nil
	}
	out := []byte("[")
	for i, value := range all {
		if value = d.value(path+"["+strconv.Itoa(i)+"]", value, of); value != nil {
			out = append(append(out, value...), ',')
		}
	}
	return append(bytes.TrimSuffix(out, []byte(",")), ']')
}

// leaf examines a value that is read whole.
func (d *document) leaf(path string, raw json.RawMessage, t reflect.Type) json.RawMessage {
	err := json.Unmarshal(raw, reflect.New(t).Interface())
	switch _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); {
	case err == nil:
		return raw
	case mistyped && t.Kind() == reflect.Bool:
		d.bad(path, "want true or false")
	case mistyped && t.Kind() == reflect.String:
		d.bad(path, "want text")
	case mistyped && t.Kind() != reflect.Struct && !reflect.PointerTo(t).Implements(textual):
		d.bad(path, "want a whole number")
	default:
		d.all(path, err)
	}
	return nil
}

// duration examines one of the rules' durations as the rules themselves read it.
func (d *document) duration(path string, raw json.RawMessage) json.RawMessage {
	var rules any = new(queue.Rules)
	if strings.HasPrefix(path, "session.") {
		rules = new(session.Rules)
	}
	err := json.Unmarshal([]byte("{"+data(path[strings.LastIndexByte(path, '.')+1:])+":"+string(raw)+"}"), rules)
	if err == nil {
		return raw
	}
	problem, text := `want a duration, such as "45s"`, ""
	if json.Unmarshal(raw, &text) == nil {
		if _, malformed := time.ParseDuration(text); malformed == nil {
			problem = err.Error() // it is one, and not for this key
		}
	}
	d.bad(path, problem)
	return nil
}

func below(path, key string) string {
	if len(key) > MaxName {
		key = "a key that is too long"
	}
	return strings.TrimPrefix(path+"."+key, ".")
}

// keys returns the path of a field by its keys: "queue.passOnAfter" for "Queue.PassOnAfter".
func keys(field string) string {
	parts := strings.Split(field, ".")
	for i, p := range parts {
		if p == "" || p == strings.ToUpper(p) {
			parts[i] = strings.ToLower(p) // ID, CRM
		} else {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, ".")
}
