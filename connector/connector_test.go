package connector_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/connector"
)

// writes keeps what each Write was given.
type writes []string

func (w *writes) Write(p []byte) (int, error) {
	*w = append(*w, string(p))
	return len(p), nil
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestPrint(t *testing.T) {
	t.Parallel()
	var got writes
	c := connector.Print(&got)
	for _, text := range []string{"Hello", "100 % of %s"} {
		receipt, err := c.Deliver(t.Context(), connector.Outbound{To: connector.Address{User: "77"}, Text: text})
		if receipt.ID != "" || receipt.More != nil || err != nil {
			t.Errorf("%v, %v", receipt, err)
		}
	}
	for _, m := range []connector.Outbound{
		{Kind: connector.Edited, To: connector.Address{User: "77"}, Text: "Bye"}, {Kind: connector.Deleted, To: connector.Address{Chat: "room", Group: true}},
	} {
		if _, err := c.Deliver(t.Context(), m); err != nil {
			t.Error(err)
		}
	}
	want := writes{"to 77 | Hello\n", "to 77 | 100 % of %s\n", "to 77 | (edit) Bye\n", "to room | (delete)\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("one Write a message (-want +got):\n%s", diff)
	}
	if _, err := connector.Print(broken{}).Deliver(t.Context(), connector.Outbound{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v, want the writer's error", err)
	}
}

func TestFuncIsAConnector(t *testing.T) {
	t.Parallel()
	type key struct{}
	ctx := context.WithValue(t.Context(), key{}, "here")
	sent := connector.Outbound{ID: "7", Message: 3, Text: "Hello", Author: connector.Author{Operator: "ann", Name: "Ann"}}
	var c connector.Connector = connector.Func(func(ctx context.Context, m connector.Outbound) (connector.Receipt, error) {
		if diff := cmp.Diff(sent, m); diff != "" || ctx.Value(key{}) != "here" {
			t.Errorf("context %v, message (-want +got):\n%s", ctx, diff)
		}
		return connector.Receipt{ID: "r"}, io.ErrUnexpectedEOF
	})
	if receipt, err := c.Deliver(ctx, sent); receipt.ID != "r" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v, %v", receipt, err)
	}
}

func TestFailureKeepsItsCause(t *testing.T) {
	t.Parallel()
	want := &connector.Failure{Permanent: true, RetryAfter: time.Minute, Err: io.ErrUnexpectedEOF}
	err := fmt.Errorf("telegram: %w", want)
	if got, ok := errors.AsType[*connector.Failure](err); !ok || got != want {
		t.Errorf("%v is not found in %v", want, err)
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("%v does not lead to its cause", err)
	}
	if diff := cmp.Diff("connector: not delivered: unexpected EOF", want.Error()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestInvalidIsOneSentence(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*connector.Invalid{
		"openlines: Text: no text and no file":   {Field: "Text", Problem: "no text and no file"},
		"openlines: Files: 21 files, at most 20": {Field: "Files", Problem: "21 files", Limit: 20},
	} {
		if diff := cmp.Diff(want, err.Error()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// Rule 1.6: connector, account, chat and user are the chat's key, and a thread without an id is the user's.
func TestAddress(t *testing.T) {
	t.Parallel()
	in := connector.Inbound{Connector: "telegram", Account: "shop", User: "77", ID: "m1", Text: "Hello"}
	want := connector.Address{Connector: "telegram", Account: "shop", Chat: "77", User: "77"}
	if diff := cmp.Diff(want, in.Address()); diff != "" {
		t.Errorf("of the user (-want +got):\n%s", diff)
	}
	in.Chat, want.Chat = "group", "group"
	if diff := cmp.Diff(want, in.Address()); diff != "" {
		t.Errorf("of a group (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, want.Normal()); diff != "" {
		t.Errorf("normal already (-want +got):\n%s", diff)
	}
	for field, a := range map[string]connector.Address{
		"":          {Connector: "c", Account: "a", User: "u"},
		"Connector": {Account: "a", Chat: "c", User: "u"},
		"Account":   {Connector: "c", Chat: "c", User: "u"},
		"User":      {Connector: "c", Account: "a", Chat: "c"},
		"Chat":      {Connector: "c", Account: "a", Chat: "\x00", User: "u"},
	} {
		got := ""
		if refused, ok := errors.AsType[*connector.Invalid](a.Validate()); ok {
			got = refused.Field
		}
		if got != field {
			t.Errorf("%v: refused %q, want %q", a, got, field)
		}
	}
}
