package session

// State is where a conversation stands (decision 14.1).
type State string

// The states. The zero State belongs to no session.
const (
	Consenting  State = "consenting"   // what the client wrote is withheld: he is asked for his consent (rule 11.5)
	Identifying State = "identifying"  // stored and not offered yet: the host is asked who the client is (decision 14.21)
	Bot         State = "bot"          // with the line's bot, before any operator is asked (rule 11.15)
	Waiting     State = "waiting"      // offered to nobody
	Offered     State = "offered"      // put to an operator, or to everybody, not yet accepted
	Answered    State = "answered"     // accepted, no reply of this owner yet
	ClientWaits State = "client-waits" // the client wrote last, the owner owes a reply
	Replied     State = "replied"      // the owner wrote last
	Closing     State = "closing"      // finished, within the closing delay; a message reopens it
	AutoClosed  State = "auto-closed"  // the client did not react; within its life a message goes on with it
	Closed      State = "closed"       // over; the next message opens a new session
)

// Active reports whether an operator holds the session and it is not over for him.
func (s State) Active() bool { return s == Answered || s == ClientWaits || s == Replied }

// Open reports whether the session has not ended.
func (s State) Open() bool { return s != Closed }

// Owned reports whether an operator holds the session.
func (s State) Owned() bool {
	return s == Answered || s == ClientWaits || s == Replied || s == Closing || s == AutoClosed
}

// Known reports whether the state is one of those above.
func (s State) Known() bool { return table[s] != nil }

// Act is what happens to a session.
type Act string

// The acts.
const (
	Agree        Act = "agree"         // the client consents: his conversation begins (rule 11.5)
	Decline      Act = "decline"       // he does not, and there was none
	Identify     Act = "identify"      // the client is known now, or was not recognised in time (decision 14.21)
	Entrust      Act = "entrust"       // the line's bot takes it, once the client is known or not (rule 11.15, decision 14.44)
	ToQueue      Act = "to-queue"      // the bot hands it over to the operators, or has failed, or its time is over (rules 11.17, 11.19)
	Conclude     Act = "conclude"      // the bot ends the conversation (rule 11.21)
	Offer        Act = "offer"         // put to an operator or to everybody
	Accept       Act = "accept"        // an operator takes it
	PassOn       Act = "pass-on"       // the offer ran out (rule 3.18)
	Skip         Act = "skip"          // the operator asked does not want it (rule 3.19)
	Return       Act = "return"        // back to the queue: whoever had it is unavailable (rules 4.13–4.15)
	ClientWrites Act = "client-writes" // a message of the client
	Reply        Act = "reply"         // a message of the owner to the client
	Assist       Act = "assist"        // a message of another participant to the client: he has his answer (rules 6.16, 6.17)
	Transfer     Act = "transfer"      // put to another operator, by whoever has it (rule 6.11)
	Move         Act = "move"          // to another line's queue (rule 6.12)
	Take         Act = "take"          // taken over, whoever has it (rule 6.18)
	Finish       Act = "finish"        // the conversation is done (rule 6.6); what nobody has accepted is over at once (rule P8)
	AutoClose    Act = "auto-close"    // the client has not reacted to a reply (rule 8.8)
	Complete     Act = "complete"      // the closing delay, or the life after an auto-close, is over (rules 8.7, 8.12)
	Spam         Act = "spam"          // ended at once, without a word (rules 6.8, 6.9)
	Abandon      Act = "abandon"       // the client left before anyone took it
	GiveUp       Act = "give-up"       // nobody took it for too long (rule 8.14)
	Archive      Act = "archive"       // its line is taken out of service (decision 14.15)
	Supersede    Act = "supersede"     // another session is started by hand in its chat (decision 14.43)
	Erase        Act = "erase"         // what is personal of its client is taken out
)

// acts lists all acts in the order of a conversation.
var acts = []Act{
	Agree, Decline, Identify, Entrust, ToQueue, Conclude, Offer, Accept, PassOn, Skip, Return, ClientWrites, Reply, Assist, Transfer, Move, Take, Finish,
	AutoClose, Complete, Spam, Abandon, GiveUp, Archive, Supersede, Erase,
}

// states lists all states in the order of a conversation.
var states = []State{Consenting, Identifying, Bot, Waiting, Offered, Answered, ClientWaits, Replied, Closing, AutoClosed, Closed}

// table is state × act → next state. An empty cell is refused. What an operator has who accepts or takes it over, and whose client
// was replied to and has not reacted, is Replied.
var table = map[State]map[Act]State{
	Consenting: {
		Agree: Waiting, Decline: Closed, ClientWrites: Consenting,
		Spam: Closed, Abandon: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Identifying: {
		Identify: Waiting, Entrust: Bot, ClientWrites: Identifying, Move: Waiting, Take: Answered, Finish: Closed,
		Spam: Closed, Abandon: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Bot: {
		ToQueue: Waiting, Conclude: Closed, ClientWrites: Bot, Transfer: Offered, Move: Waiting, Take: Answered,
		Finish: Closed, Spam: Closed, Abandon: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Waiting: {
		Conclude: Closed, Offer: Offered, ClientWrites: Waiting, Move: Waiting, Take: Answered,
		Finish: Closed, Spam: Closed, Abandon: Closed, GiveUp: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Offered: {
		Conclude: Closed, Offer: Offered, Accept: Answered, PassOn: Waiting, Skip: Waiting, Return: Waiting,
		ClientWrites: Offered, Transfer: Offered, Move: Waiting, Take: Answered,
		Finish: Closed, Spam: Closed, Abandon: Closed, GiveUp: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Answered: {
		ClientWrites: Answered, Reply: Replied, Assist: Replied, Return: Waiting, Finish: Closing,
		Transfer: Offered, Move: Waiting, Take: Answered, Spam: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	ClientWaits: {
		ClientWrites: ClientWaits, Reply: Replied, Assist: Replied, Return: Waiting, Finish: Closing,
		Transfer: Offered, Move: Waiting, Take: ClientWaits, Spam: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Replied: {
		ClientWrites: ClientWaits, Reply: Replied, Assist: Replied, Return: Waiting, Finish: Closing,
		Transfer: Offered, Move: Waiting, Take: Replied, AutoClose: AutoClosed, Spam: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Closing: {
		ClientWrites: ClientWaits, Complete: Closed, Spam: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	AutoClosed: {
		ClientWrites: ClientWaits, Complete: Closed, Spam: Closed, Archive: Closed, Supersede: Closed, Erase: Closed,
	},
	Closed: {},
}

// Refused reports an act that the state does not allow. Nothing was changed.
type Refused struct {
	State State
	Act   Act
}

// Error names the act and the state.
func (e *Refused) Error() string { return "session: " + string(e.Act) + " refused: " + string(e.State) }
