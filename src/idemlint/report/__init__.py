"""Findings and verdicts as people and machines read them: one small module a format.

A printer gets a `Report`, gives back text, and never sees a parse tree or decides an exit code.
"""
