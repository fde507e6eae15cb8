"""What makes, ends and renames objects of the catalog."""
