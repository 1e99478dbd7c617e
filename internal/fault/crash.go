package fault

// OnCrashPoint is called at every CrashPoint. Only tests set it, to kill the process
// there; it is nil otherwise.
var OnCrashPoint func(name string)

// CrashPoint names a moment at which a process that dies leaves something half done.
func CrashPoint(name string) {
	if OnCrashPoint != nil {
		OnCrashPoint(name)
	}
}
