"""What an UPDATE makes of a row that it has changed already: `terms` are values over the row as it was,
`simplified` by laws, `truths` are conditions on them, and `twice` runs the statement two times over a row."""
