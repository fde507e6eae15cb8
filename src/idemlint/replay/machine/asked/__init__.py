"""What conditions in bodies come to: lookups in the catalogs, and which of two ways is taken."""
