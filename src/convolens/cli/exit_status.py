"""The exit statuses beside 0: bad input, Ctrl-C, and SIGTERM after all was saved (sysexits' EX_TEMPFAIL: try again)."""

BAD_INPUT, INTERRUPTED, TERMINATED = 2, 130, 75
