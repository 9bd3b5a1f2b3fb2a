package dump

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/openlines-go/openlines/storage"
)

const (
	// Version is that of the form which this package writes.
	Version = 1

	// MaxLine is the longest line in bytes: a body in which every byte is escaped, and the rest of a record.
	MaxLine = 6*storage.MaxBody + 6*(storage.MaxTerms+2)*(storage.MaxKey+1) + 1024

	maxNesting = 9000 // opening brackets of a body that is embedded; what parses JSON has a limit of its own
)

// Lines are told apart by how they begin.
const (
	headPrefix   = `{"openlines":"desk","version":`
	recordPrefix = `{"record":`
	eventPrefix  = `{"event":`
	endPrefix    = `{"records":`
)

// The forms of the lines, for reading. What they leave open, a line that is written again and compared decides.
type (
	headLine struct {
		Openlines string
		Version   int
		Revision  uint64
		Batch     string
		Events    uint64
		Due       time.Time
		Format    int
	}
	recordLine struct {
		Record string
		ID     string
		Open   bool
		At     time.Time
		Terms  []string
		Body   json.RawMessage
		Text   string
	}
	eventLine struct {
		Event uint64
		Body  json.RawMessage
		Text  string
	}
)

func appendHead(b []byte, h storage.Head) []byte {
	b = strconv.AppendInt(append(b, headPrefix...), Version, 10)
	b = strconv.AppendUint(append(b, `,"revision":`...), h.Revision, 10)
	b = append(hex.AppendEncode(append(b, `,"batch":"`...), h.Batch[:]), '"')
	b = strconv.AppendUint(append(b, `,"events":`...), h.Events, 10)
	if !h.Due.IsZero() {
		b = appendTime(append(b, `,"due":`...), h.Due)
	}
	b = strconv.AppendInt(append(b, `,"format":`...), int64(h.Format), 10)
	return append(b, "}\n"...)
}

func appendRecord(b []byte, r *storage.Record) []byte {
	b = appendText(append(b, recordPrefix...), r.Kind)
	b = appendText(append(b, `,"id":`...), r.ID)
	if r.Open {
		b = append(b, `,"open":true`...)
	}
	b = appendTime(append(b, `,"at":`...), r.At)
	for i, t := range r.Terms {
		if i == 0 {
			b = append(b, `,"terms":[`...)
		} else {
			b = append(b, ',')
		}
		b = appendText(b, t)
	}
	if len(r.Terms) > 0 {
		b = append(b, ']')
	}
	return append(appendBody(b, r.Body), "}\n"...)
}

func appendEvent(b []byte, e storage.Event) []byte {
	b = strconv.AppendUint(append(b, eventPrefix...), e.Seq, 10)
	return append(appendBody(b, e.Body), "}\n"...)
}

func appendEnd(b []byte, records, events uint64, sum []byte) []byte {
	b = strconv.AppendUint(append(b, endPrefix...), records, 10)
	b = strconv.AppendUint(append(b, `,"events":`...), events, 10)
	b = hex.AppendEncode(append(b, `,"sha256":"`...), sum)
	return append(b, "\"}\n"...)
}

func appendBody(b, body []byte) []byte {
	if embeds(body) {
		return append(append(b, `,"body":`...), body...)
	}
	return appendText(append(b, `,"text":`...), string(body))
}

// embeds reports whether a body can stand in a line as it is and be found in it again.
func embeds(body []byte) bool {
	if len(body) == 0 || body[0] == ' ' || body[len(body)-1] == ' ' {
		return false
	}
	for _, c := range body {
		if c < ' ' {
			return false
		}
	}
	return bytes.Count(body, []byte("{"))+bytes.Count(body, []byte("[")) <= maxNesting && json.Valid(body)
}

func appendTime(b []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}

// appendText writes a JSON string, with nothing escaped that need not be.
func appendText(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

// errForm is a line that is not as it would have been written. It says no more: parts of a line can be personal data.
var errForm = errors.New("not a line of a dump")

// parse reads a line into v. The error of package json is dropped, since it can quote the line.
func parse(line []byte, v any) error {
	if json.Unmarshal(line, v) != nil {
		return errForm
	}
	return nil
}

func parseHead(line []byte) (storage.Head, error) {
	var l headLine
	if err := parse(line, &l); err != nil || !bytes.HasPrefix(line, []byte(headPrefix)) {
		return storage.Head{}, errForm
	}
	if l.Version > Version {
		return storage.Head{}, ErrVersion
	}
	h := storage.Head{Mark: storage.Mark{Revision: l.Revision}, Events: l.Events, Due: l.Due, Format: l.Format}
	if n, err := hex.Decode(h.Batch[:], []byte(l.Batch)[:min(len(l.Batch), 2*len(h.Batch))]); err != nil || n != len(h.Batch) {
		return storage.Head{}, errForm
	}
	return h, nil
}

func parseRecord(line []byte) (storage.Record, error) {
	var l recordLine
	if err := parse(line, &l); err != nil {
		return storage.Record{}, err
	}
	return storage.Record{
		Key: storage.Key{Kind: l.Record, ID: l.ID}, Open: l.Open, At: l.At, Terms: l.Terms, Body: bodyOf(l.Body, l.Text),
	}, nil
}

func parseEvent(line []byte) (storage.Event, error) {
	var l eventLine
	if err := parse(line, &l); err != nil {
		return storage.Event{}, err
	}
	return storage.Event{Seq: l.Event, Body: bodyOf(l.Body, l.Text)}, nil
}

func bodyOf(embedded json.RawMessage, text string) []byte {
	if embedded != nil {
		return embedded
	}
	return []byte(text)
}
