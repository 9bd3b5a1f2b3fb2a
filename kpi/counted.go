package kpi

import "github.com/openlines-go/openlines/session"

// Counted reports whether a session that closed for a reason belongs into averages: one that an operator marked as spam does not
// (rule 6.10).
func Counted(why session.Reason) bool { return why != session.Spammed }
