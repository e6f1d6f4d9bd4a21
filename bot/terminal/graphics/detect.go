package graphics

import "strings"

// Detect returns a screen for the terminal that the environment describes, or
// nil if it cannot show pictures. getenv gives the variables of the
// environment. That there is a terminal at all is for the caller to know.
//
// Nothing is asked of the terminal, since the answer would arrive among what
// the user types: a terminal that does not say what it is by a variable gets
// half blocks if it says that it has 24-bit colour, and nothing otherwise. So
// does any terminal behind tmux or screen, which pass pictures on only when
// told to.
func Detect(getenv func(string) string) *Screen {
	if getenv("TERM") == "dumb" {
		return nil
	}
	if !multiplexed(getenv) {
		if protocol := terminalProtocol(getenv); protocol != None {
			return &Screen{protocol: protocol}
		}
	}
	switch getenv("COLORTERM") {
	case "truecolor", "24bit":
		return &Screen{protocol: Blocks}
	}
	return nil
}

// terminalProtocol is the best that the terminal says it can do.
func terminalProtocol(getenv func(string) string) Protocol {
	term, program := getenv("TERM"), getenv("TERM_PROGRAM")
	switch {
	case term == "xterm-kitty", getenv("KITTY_WINDOW_ID") != "":
		return Kitty
	case term == "xterm-ghostty", program == "ghostty", getenv("GHOSTTY_RESOURCES_DIR") != "":
		return Kitty
	case program == "WezTerm", getenv("WEZTERM_PANE") != "":
		return ITerm2 // its kitty protocol is off unless configured
	case program == "iTerm.app", getenv("LC_TERMINAL") == "iTerm2":
		return ITerm2
	case program == "mintty", program == "rio":
		return ITerm2
	case getenv("KONSOLE_VERSION") >= "220400": // six digits, YYMMPP
		return Kitty
	case term == "foot", strings.HasPrefix(term, "foot-"), term == "mlterm", strings.HasPrefix(term, "yaft"), strings.HasPrefix(term, "contour"):
		return Sixel
	}
	return None
}

// multiplexed reports whether tmux or screen is between us and the terminal.
func multiplexed(getenv func(string) string) bool {
	term := getenv("TERM")
	return getenv("TMUX") != "" || getenv("STY") != "" || strings.HasPrefix(term, "tmux") || strings.HasPrefix(term, "screen")
}
