package corpus

import "slices"

// maxSeed is how many bytes a seed has at most: a fuzzer works on short ones.
const maxSeed = 4096

// Seeds returns the inputs of one kind of entry that are one string, for a fuzzer to begin with. For the kind "json" it is
// those that go into a decoder.
func Seeds(what, decoder string) ([]string, error) {
	entries, err := Load()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		var text Bytes
		switch {
		case e.What != what:
			continue
		case what == "json":
			var in struct {
				Into []string `json:"into"`
				Text Bytes    `json:"text"`
			}
			if err := Strict(e.In, &in); err != nil {
				return nil, err
			}
			if in.Into != nil && !slices.Contains(in.Into, decoder) {
				continue
			}
			text = in.Text
		default:
			if err := Strict(e.In, &text); err != nil {
				return nil, err
			}
		}
		if len(text) <= maxSeed {
			all = append(all, string(text))
		}
	}
	return all, nil
}
