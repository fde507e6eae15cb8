"""What PostgreSQL is: kinds of objects, system catalogs, SQLSTATEs, functions, and what refuses a
transaction. Facts only, each from its documentation or sources.
"""
