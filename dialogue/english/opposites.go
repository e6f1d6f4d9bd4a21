package english

// Opposite is the adjective that one asks for by calling something too much the
// other: "short" for "long".
func Opposite(w string) (string, bool) {
	for _, pair := range [...][2]string{
		{"long", "short"}, {"big", "small"}, {"large", "small"}, {"huge", "small"}, {"dark", "light"}, {"bright", "dark"}, {"light", "dark"},
		{"short", "long"}, {"small", "big"}, {"tiny", "big"}, {"little", "big"}, {"tall", "short"}, {"wide", "narrow"}, {"narrow", "wide"},
		{"thick", "thin"}, {"thin", "thick"}, {"old", "young"}, {"young", "old"}, {"sad", "happy"}, {"happy", "sad"}, {"fat", "thin"},
		{"empty", "full"}, {"full", "empty"}, {"loose", "tight"}, {"tight", "loose"}, {"serious", "happy"}, {"pale", "dark"}, {"plain", "colorful"},
		{"dirty", "clean"}, {"messy", "tidy"}, {"heavy", "light"}, {"high", "low"}, {"low", "high"},
	} {
		if w == pair[0] {
			return pair[1], true
		}
	}
	return "", false
}
