package openlinestest

// RunScript is one subtest of RunScripts.
var RunScript = runScript
