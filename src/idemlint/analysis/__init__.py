"""A file's migration and the rules → a report of plain data."""
