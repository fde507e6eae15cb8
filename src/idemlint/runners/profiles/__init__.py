"""One module a runner; each defines `PROFILES`."""
