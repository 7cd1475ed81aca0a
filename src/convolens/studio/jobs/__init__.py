"""Jobs: commands that the studio started, each a process of its own that outlives it; kept in plain files and found again."""
