package main

import "slices"

// mutations are the bugs, by what they break.
var mutations = slices.Concat(turns, routing, availability, sessions, acts, messages, views, boundary, crm, clients, connectors, lists, norms, bots, supervision, settings, people, gaps)
