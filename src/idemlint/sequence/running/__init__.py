"""What runs: a file, what it has psql run in its midst, and all of them once more."""
