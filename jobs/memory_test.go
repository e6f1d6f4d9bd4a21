package jobs_test

import (
	"testing"

	"go.uber.org/goleak"

	"pentimento/jobs"
	"pentimento/jobs/jobstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemory(t *testing.T) {
	jobstest.Run(t, func(_ *testing.T, options jobs.Options) func() jobstest.Broker {
		q := jobs.NewMemory(options)
		return func() jobstest.Broker { return q }
	})
}
