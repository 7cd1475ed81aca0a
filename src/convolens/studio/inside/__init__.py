"""Inside: the Inside page: what each layer of a network is, costs, and makes of a photo."""
