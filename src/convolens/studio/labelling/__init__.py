"""Labelling: the Label next page: photos without a label, those first that a run would learn most from."""
