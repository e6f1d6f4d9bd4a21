package bot

import "fmt"

// Plural counts things whose noun takes an s: "one picture", "2 pictures".
func Plural(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
