"""The abstract catalog: which names are taken, by what, and what the things are made of."""
