package session

// States and Acts are what the table has to decide.
func States() []State { return states }
func Acts() []Act     { return acts }
