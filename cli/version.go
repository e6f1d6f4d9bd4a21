package cli

import "runtime/debug"

// version says which build this is.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "pentimento (unknown build)"
	}
	text := "pentimento " + info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.modified" && s.Value == "true" {
			text += " (modified)"
		}
	}
	return text
}
