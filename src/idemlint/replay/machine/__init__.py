"""The machine that carries out effects on the catalog."""
