package postgres

// Schema is the name of the schema that d is in.
func (d *Desks) Schema() string { return string(d.schema) }

// Versions is how many migrations there are.
var Versions = len(migrations)
