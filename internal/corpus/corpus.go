package corpus

import (
	"bytes"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed *.jsonl
var files embed.FS

// Categories is how many categories there are, numbered from 1.
const Categories = 160

// Entry is one line of the corpus.
type Entry struct {
	N     int             `json:"n"` // its category
	Name  string          `json:"name"`
	What  string          `json:"what,omitempty"` // which runner reads In
	In    json.RawMessage `json:"in,omitempty"`
	Want  Want            `json:"want,omitzero"`
	Tests []string        `json:"tests,omitempty"` // "openlines/engine_test.go TestFinal", or a script of openlines/testdata
	Why   string          `json:"why,omitempty"`   // the category, or this part of it, is none of this library's
}

// Want is what has to come of an input. "same" is accepted as it is, "yes" and "no" are answers, "error" is any refusal; an
// object says more.
type Want struct {
	Word    string          `json:"-"`
	Invalid string          `json:"invalid,omitempty"` // refused as *Invalid with this field
	Limit   int             `json:"limit,omitempty"`   // and this limit
	Error   string          `json:"error,omitempty"`   // refused with the error of this name
	Text    *Bytes          `json:"text,omitempty"`    // accepted as this text
	Mended  bool            `json:"mended,omitempty"`
	Length  int             `json:"length,omitempty"`
	Over    json.RawMessage `json:"over,omitempty"` // accepted with these fields instead of those of In
	JSON    *Bytes          `json:"json,omitempty"` // accepted, and written as this
	At      *Instant        `json:"at,omitempty"`   // answered with this time
	For     time.Duration   `json:"for,omitempty"`  // answered with this duration, in nanoseconds
	Count   *int            `json:"count,omitempty"`
}

// UnmarshalJSON reads a word or an object.
func (w *Want) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &w.Word)
	}
	type plain Want
	return Strict(data, (*plain)(w))
}

// Bytes is a string of any bytes. Its JSON form is a string, or an object with one of
//
//	{"hex": "ff00"}
//	{"quoted": "a\\x00b"}               as in Go, without the quotes
//	{"repeat": expression, "times": 9}
//	{"numbered": "k#,", "times": 9}     with 0, 1, 2, … in the place of #
//	{"join": [expression, …]}
type Bytes string

// UnmarshalJSON evaluates an expression.
func (b *Bytes) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, (*string)(b))
	}
	var form struct {
		Hex    *string `json:"hex"`
		Quoted *string `json:"quoted"`
		Repeat *Bytes  `json:"repeat"`
		Number *string `json:"numbered"`
		Times  int     `json:"times"`
		Join   []Bytes `json:"join"`
	}
	if err := Strict(data, &form); err != nil {
		return err
	}
	switch {
	case form.Hex != nil:
		raw, err := hex.DecodeString(*form.Hex)
		*b = Bytes(raw)
		return err
	case form.Quoted != nil:
		text, err := strconv.Unquote(`"` + *form.Quoted + `"`)
		*b = Bytes(text)
		return err
	case form.Repeat != nil:
		*b = Bytes(strings.Repeat(string(*form.Repeat), form.Times))
		return nil
	case form.Number != nil:
		var all strings.Builder
		for n := range form.Times {
			all.WriteString(strings.ReplaceAll(*form.Number, "#", strconv.Itoa(n)))
		}
		*b = Bytes(all.String())
		return nil
	case form.Join != nil:
		var all strings.Builder
		for _, part := range form.Join {
			all.WriteString(string(part))
		}
		*b = Bytes(all.String())
		return nil
	}
	return errors.New("corpus: no such expression")
}

// Instant is a time beyond what JSON can tell: "2026-05-01T10:00:00+02:00", {"unix": 4611686018427387904, "nano": 1}, or
// {"year": 10000}; "" is the zero time.
type Instant struct{ time.Time }

// UnmarshalJSON reads one of the forms.
func (i *Instant) UnmarshalJSON(data []byte) error {
	if string(data) == `""` {
		i.Time = time.Time{}
		return nil
	}
	if data[0] == '"' {
		return json.Unmarshal(data, &i.Time)
	}
	var form struct {
		Unix *int64 `json:"unix"`
		Nano int64  `json:"nano"`
		Year int    `json:"year"`
	}
	if err := Strict(data, &form); err != nil {
		return err
	}
	if form.Unix != nil {
		i.Time = time.Unix(*form.Unix, form.Nano).UTC()
	} else {
		i.Time = time.Date(form.Year, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return nil
}

// Strict reads one JSON value into what v points to and refuses fields that v does not have: a misspelt field of the corpus
// would be a test that tests nothing.
func Strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("corpus: more than one value")
	}
	return nil
}

// Load returns all entries, in the order of the files.
func Load() ([]Entry, error) {
	names, err := fs.Glob(files, "*.jsonl")
	if err != nil {
		return nil, err
	}
	var all []Entry
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(text)) {
			var e Entry
			if err := Strict([]byte(line), &e); err != nil {
				return nil, fmt.Errorf("corpus: %s, entry %d: %w", name, len(all)+1, err)
			}
			all = append(all, e)
		}
	}
	return all, nil
}
