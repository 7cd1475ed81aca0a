"""The exit statuses beside 0: a part of the work failed and the rest was done, bad input, Ctrl-C, and SIGTERM after all was saved (sysexits' EX_TEMPFAIL: try again)."""

NOT_ALL, BAD_INPUT, INTERRUPTED, TERMINATED = 1, 2, 130, 75
