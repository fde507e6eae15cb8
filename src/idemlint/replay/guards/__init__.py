"""What a guard asks of the catalog: conditions, read from the expressions of an IF."""
