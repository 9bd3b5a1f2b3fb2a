package dump_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlines-go/openlines/storage/memory"
)

// sealed puts a last line below lines that are true of them, so that what they say is looked at.
func sealed(lines []byte) []byte {
	if i := bytes.LastIndex(lines, []byte(`{"records":`)); i >= 0 {
		lines = lines[:i]
	}
	records, events := bytes.Count(lines, []byte("\n{\"record\":")), bytes.Count(lines, []byte("\n{\"event\":"))
	return fmt.Appendf(bytes.Clone(lines), "{\"records\":%d,\"events\":%d,\"sha256\":\"%x\"}\n", records, events, sha256.Sum256(lines))
}

// What is read is written again as the same bytes; what is refused leaves nothing.
func FuzzRead(f *testing.F) {
	f.Add(mustWrite(f, memory.New()))
	f.Add(mustWrite(f, small(f)))
	f.Add([]byte(`{"openlines":"desk","version":1}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, data := range [][]byte{data, sealed(data)} {
			s := memory.New()
			if err := readBytes(s, data); err != nil {
				if got := mustContents(t, s); !cmp.Equal(got, contents{}) {
					t.Fatalf("refused with %v, and left %v", err, got)
				}
				continue
			}
			if again := mustWrite(t, s); !bytes.Equal(data, again) {
				t.Fatalf("read\n%s\nand wrote\n%s", data, again)
			}
		}
	})
}
