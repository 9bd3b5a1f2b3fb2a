package desk

import (
	"time"

	"github.com/openlines-go/openlines/queue"
	"github.com/openlines-go/openlines/session"
)

// What [Recommended] sets (decision 14.19), and why each is this much.
const (
	// RecommendedPassOn is in the middle of what integrators set (30 to 60 s): a person who is at his desk takes an offer in it,
	// and a client whose first three are not still has an answer before he gives up.
	RecommendedPassOn = 45 * time.Second
	// RecommendedLimit is in the middle of what integrators set (3 to 5): more than that nobody follows at once, and with fewer
	// he waits while clients type.
	RecommendedLimit = 4
	// RecommendedAutoClose is what the reference's own sample line has. It costs a client nothing: for a day, [session.DefaultLife],
	// a message of his goes on with the same session and operator. It is well within the day in which messengers let a line
	// write, so the rating and the last text still reach him.
	RecommendedAutoClose = time.Hour
)

// Recommended returns a line as it is recommended, where the zero line is as the reference has it (decision 14.19). Beside the
// numbers above it
//
//   - looks at availability (rule 4.1): who is gone is asked for nothing, and what he owes goes to a colleague when the client
//     writes, so that no conversation is lost at the end of a shift (P1);
//   - counts all open conversations against the limit, as people mean it; one whose client has fallen silent closes by itself, so
//     that none fills up an operator for ever (P8);
//   - asks the host who a client is, and makes a lead of a first contact, with his channel as its source (rules 10.2, 10.4);
//     without an Identifier he is routed as unknown at once.
//
// The library has no words of its own: Texts are empty, and what is empty is not said. Set two of them. With Greeting a
// client is answered at once, whatever the hour (rule 7.1). With Nobody, or OffHours in its place, he is told when nobody can take
// him, whatever the schedule says (P9).
func Recommended() Line {
	return Line{
		Queue: queue.Rules{
			PassOnAfter: RecommendedPassOn, OnlyAvailable: true, Limit: queue.Limit{Max: RecommendedLimit, Counts: queue.OpenOnes},
		},
		Session: session.Rules{AutoCloseAfter: RecommendedAutoClose},
		CRM:     CRM{Verify: true, Create: Lead},
	}
}
