// Package openlinestest is a kit for testing programs that embed the engine of package openlines.
//
// [New] makes a desk in one line: a store in memory, a clock that stands still, a line with its operators at work, and a
// connector that records what clients are told. A test lets clients write with [Desk.Says], lets time pass with
// [Desk.Wait], acts through the embedded engine, and says what it expects with the methods that begin with Want. When an
// expectation fails, the message tells of every member of the queue why he was or was not asked, and what happened last.
// When the test ends, the invariants of the desk are checked.
//
// [Open] makes a desk of several lines, on another store, at another time. Whoever writes a store runs the engine's own
// tests on it: [RunScriptsOn], [Model] and [Faults].
//
// # Scripts
//
// [RunScripts] runs tests that are written as text: what a host does, and after a line of four dashes what came of it.
//
//	# rule 3.18: a session that is not accepted in time goes to the next operator
//
//	operator ann bob
//	----
//	ok
//
//	line mode=strictly members=ann,bob
//	----
//	ok
//
//	receive 77 Is anybody there?
//	----
//	session 1 chat 1 message 1
//	09:00:00 session-started session=1
//	09:00:00 message-received session=1 message=1
//	09:00:00 session-offered session=1 operator=ann then=bob free=2
//	= session 1 offered to ann
//
// After each command stand its answer or the name of its error, the events since the command before, what clients were
// told, and where each session that had an event stands now; or "ok" if there is nothing to tell. Deliveries are attempted
// and the invariants checked after every command. A command goes on in the lines below it, one key=value each, for values
// with spaces. A paragraph that begins with # is a comment. These are the commands:
//
//	operator ann bob                          puts operators
//	line [id] key=value …                     puts a line and connects its account; keys are listed at [RunScripts]
//	department night in:all bob cid            who is in a department, and what it is a part of; in a line's members: @night
//	connect line account [can-start …]        connects an account; also tells-read, buttons; key window
//	disconnect, activate, deactivate, status account; connection-data account; connection-error account code; connections line; window chat
//	join-network code account; write-network code account user text … with keys button (label|URL), attach (bytes), no-preview
//	arrived-as client 2 id …, names client …  a channel tells what it calls a message, a chat
//	put-connector id, remove-connector id     keys name, icon, color, size, position, disabled, comment, group, no-system,
//	                                          no-edits, no-deletes, no-client-deletes, no-newsletter; connectors lists them
//	version [line]                            how often its settings were changed, or the desk's
//	settings key=value …                      max, worktime, explicit, browser, mobile, desktop, notify-nearly-full
//	report ann fact …                         online, browser, hidden, desktop, locked, in, break, leave, dismissed,
//	                                          away, dnd; without a fact he is offline
//	receive client text …                     a client writes; keys id, account, chat, name, phone, email, waited, file
//	left client                               the client hangs up
//	answer ann 1, skip ann 1, finish ann 1    an operator acts on session 1; "host" is the host
//	transfer ann 1 bob, assign ann 1 bob      to another operator, who has to accept, or not; "line:sales" behind him is a second target
//	move ann 1 sales                          into another line's queue
//	intercept, pin, unpin, spam, accept-and-close ann 1; hand-over ann ann
//	send ann 1 text …                         an operator writes
//	fills client form ann                     he fills in a form that names ann; keys are its fields, and item
//	consents client yes, consents client no   he accepts or declines; consent-of 1 tells what a chat's client has agreed to
//	authors client                            whom he was told as the author of each message; retry: all dead letters
//	bot-send faq 1 text …, bot-greet faq 1    a bot acts on session 1
//	to-queue faq 1, bot-finish faq 1
//	bot-transfer faq 1 ann leave assign       with to:ann and line:sales of several targets, or one word such as queuesales
//	bot says text …, bot fail 1, bot panic 1, bot takes 11s, told
//	                                          how the bot called faq behaves, and what it was told
//	wait 60s, until 10:05, until 2026-05-01T10:05
//	person 1, person known crm-7, merge 1 2, split 2, personal 1, erase 1; person-set 1 de 5 (language, priority)
//	connector fail 3, connector permanent 1, connector panic 1, connector well
//	identity 77 c7 xen                        the CRM knows client 77 as c7, whom xen looks after; keys items, found (ID kind
//	                                          operator date closed, one line each); identity fail 1, identity takes 5s
//	search ann text …                         the chats that ann may see: by name, phone, e-mail or user code
//	metrics ann key=value …                   figures of days: from, until, line, connector, operator; load-of-operators
//	sessions ann key=value …                  what ann may see: line, connector, account, operator, chat, states, from, until,
//	                                          vote, stars, item, linked, reviewed, unanswered, spam, bot, limit, after
//	away, oldest-wait line; finish-all ann 1 2 3
//	notifier fail 2                           what notices are tried
//	links https://example.org                 how links to sessions begin; links alone: there are none
//	chats-of ann item, chats-of ann item all, invite-by ann item 0 bob, remove-by ann item 1 bob, finish-item ann item
//	readers item ann bob, charges, asked      who may read an item; who was put in charge of items; how often the CRM was asked
//	attached                                  which chats the CRM was told are linked to items
//	create-item ann 1, drafts                 the items made, with what the CRM was told
//	dead, retry-letter 16                     dead letters, by the ids of their effects
//	state 1, explain 1, waiting line, load ann, history 1, said client, feed type, next
//	joined ann, standing 1 ann, lines, accounts, operators, open-sessions
//	session-history 1, history-from item 1, messages 1, last-session 1, chat-of client, unread ann
//	dialog 1, dialog session 1, dialog of:client; mute ann 1, mute ann 1 off
//	put-canned ann line id text …             keys title, file; drop-canned ann line id, save-canned ann 1 2, canned ann line words
//	asks-log client                           the client wants what was said; own-language of a line is that of what is sent
//	service crm, with roles below it          puts a service, which acts as an operator does: finish crm 1; services lists all
//	as ann state 1                            ann asks, or puts settings
package openlinestest
