package object

import "testing"

func TestTrust12Spoken(t *testing.T) {
	bob := User{ID: "12", Username: "bob", GlobalName: "Bob B."}
	for text, want := range map[string]string{
		"a cat": "a cat", "1 < 2": "1 < 2", "<@12> and <@!12>": "Bob B. and Bob B.", "<@13>": "somebody", "<@&14>": "somebody",
		"<#15>": "somewhere", "<:smile:16>": "smile", "<a:wave:17>": "wave", "</imagine:18>": "/imagine", "<t:19:R>": "sometime", "<12>": "<12>",
	} {
		if got := Spoken(text, []User{bob}); got != want {
			t.Errorf("%q is spoken as %q, want %q", text, got, want)
		}
	}
}
