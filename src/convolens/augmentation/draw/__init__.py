"""Draw: which random change each sample gets, a pure function of (seed, epoch, index)."""
