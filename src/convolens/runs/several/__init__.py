"""Several networks on the same photos: folds, comparisons, ensembles."""
