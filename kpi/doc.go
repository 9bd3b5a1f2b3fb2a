// Package kpi is pure: it folds what happened into figures. Facts go in as plain values, the clock is an argument, and
// the same facts give the same figures. It knows no engine: a [Contact] or a [Message] can come from a desk, from a
// replay, or from somebody else's export.
//
// # Contacts
//
// [Waits] and [Summarize] give the mean, quantiles and maximum of waits, [ServiceLevel] and [Abandonment] give shares, [Handled] and
// [SpreadOf] tell how even the work was among operators.
//
// Two figures of the same name can mean different things, so the definitions are named. A quantile is that of Hyndman and
// Fan's definition 7, linear between order statistics, as spreadsheets compute it. A service level has a [Basis]: the
// share of the served, of all offered, or of those who were patient.
//
// # Response times
//
// [Exchanges] cuts the timeline of one session into what the client asked and when an operator replied (rules 11.8, 11.11,
// 11.12). [Responses] folds them into the columns of rule 11.14, and [Norms] tells which replies were overdue. Both take a
// working calendar, and nil for plain elapsed time.
//
// # Hostile input
//
// No function panics or returns NaN or infinity. Figures of nothing are zero. A negative duration or count is a broken
// clock or a broken export, and counts as zero.
package kpi
