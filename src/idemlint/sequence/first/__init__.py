"""What a sequence does on a database that was empty."""
