package main

import (
	"errors"
	"os"
	"time"
)

// process runs the program as a person would: the time from starting it to
// its first answer.
func (b *bench) process() error {
	if err := b.built(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pentimento-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, warm := range []bool{false, true} {
		seconds, err := b.start(dir)
		if err != nil {
			return err
		}
		if warm {
			b.figures["start.seconds_to_prompt"] = seconds
		} else {
			b.figures["start.first_seconds_to_prompt"] = seconds
		}
	}
	return nil
}

// start is the time from starting the program to the answer to a command
// that draws nothing: the model is loaded by then.
func (b *bench) start(dir string) (float64, error) {
	began := time.Now()
	t, err := b.beginTalk(dir)
	if err != nil {
		return 0, err
	}
	_, err = t.say("/settings")
	seconds := time.Since(began).Seconds()
	return seconds, errors.Join(err, t.end())
}
