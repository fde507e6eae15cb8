"""Bodies of routines and of DO: what PostgreSQL looks at in them before any of it runs."""
