// label
