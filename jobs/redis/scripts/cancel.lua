-- Ends a job unless it is finished.
return cancel(ARGV[1], tonumber(ARGV[2]))
