"""The exit statuses beside 0: bad input, and Ctrl-C."""

BAD_INPUT, INTERRUPTED = 2, 130
