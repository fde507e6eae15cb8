"""idemlint: what happens if this PostgreSQL migration runs again?"""

__version__ = "0.1.0"
