package kpi

import "github.com/openlines-go/openlines/session"

// Counted reports whether a session that closed for a reason belongs into averages. One that an operator marked as spam does
// not, and one that another was started from by hand is counted with that one (rule 6.10, decision 14.43).
func Counted(why session.Reason) bool { return why != session.Spammed && why != session.Superseded }
