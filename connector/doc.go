// Package connector is the vocabulary of channels: what comes in from a client ([Inbound]), what goes out to him
// ([Outbound]), and the one interface that a host implements to carry it ([Connector]).
//
// A connector is a kind of channel, such as Telegram. A connection is one account of a connector, such as one bot; it
// belongs to exactly one line. The package knows no protocol and opens no socket: the host receives webhooks and calls
// the engine, and the engine calls the host's Connector to deliver.
//
// [Inbound.Clean] is the text policy at the door, the same for every store: ids are refused when malformed, texts are
// mended and flagged, never refused for their content.
package connector
