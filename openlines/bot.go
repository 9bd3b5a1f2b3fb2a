package openlines

import (
	"context"
	"slices"

	"github.com/openlines-go/openlines/connector"
	"github.com/openlines-go/openlines/openlines/desk"
	"github.com/openlines-go/openlines/session"
)

// BotActor is a bot that acts: in sessions that it has, and in those that it has transferred while it goes on answering (rule
// 11.20); in others every act is [ErrDenied]. It is a small value, safe to copy and to use concurrently. Every act is decided
// and stored when the method returns nil; on an error for which [Final] is true nothing was changed.
type BotActor struct{ actor Actor }

// AsBot acts as a bot. AsBot("") is nobody: every act is [ErrDenied].
func (e *Engine) AsBot(id BotID) BotActor {
	return BotActor{Actor{engine: e, by: desk.By{Bot: id}, nobody: id == ""}}
}

// Once returns an actor whose act has a command id, see [Actor.Once]. A bot that is told something twice does it once, if it
// makes the id of [desk.BotCall.ID] and of what it does.
func (b BotActor) Once(key string) BotActor { return BotActor{b.actor.Once(key)} }

// Send writes to the client, at most [desk.MaxBotSaid] times in a session. Without a text and a file it does nothing (rule 11.22).
func (b BotActor) Send(ctx context.Context, id session.ID, text string, files ...connector.File) error {
	return b.actor.act(ctx, desk.BotSend{Session: id, Text: text, Files: slices.Clone(files)}, len(text)+4096*len(files))
}

// Greet says the line's greeting, unless it was said in the session already (rule 7.3).
func (b BotActor) Greet(ctx context.Context, id session.ID) error {
	return b.actor.act(ctx, desk.BotGreet{Session: id}, 0)
}

// ToQueue hands a session over to the operators: the responsible person first, then the queue (rules 11.19, 11.25). If the bot
// does not have it any more, that is [*Refused].
func (b BotActor) ToQueue(ctx context.Context, id session.ID) error {
	return b.actor.act(ctx, desk.BotToQueue{Session: id}, 0)
}

// Transfer hands a session over to an operator or to another line; see [desk.BotTransfer] for the whole (rule 11.20).
func (b BotActor) Transfer(ctx context.Context, t BotTransfer) error { return b.actor.act(ctx, t, 0) }

// Finish ends a session at once (rule 11.21). The client can write again, and begins another.
func (b BotActor) Finish(ctx context.Context, id session.ID) error {
	return b.actor.act(ctx, desk.BotFinish{Session: id}, 0)
}
