"""What PostgreSQL refuses of a PL/pgSQL body before any of it runs: at CREATE FUNCTION, or when a DO begins.

The reader of bodies (`plpgsql.body`) is lenient, since it has to read what is broken, too. This is the strict
one, after `pl_gram.y`. It says less than it knows: whatever hangs on the types of variables that only a
database has is left open.
"""
