"""PostgreSQL's lexical structure: https://www.postgresql.org/docs/current/sql-syntax-lexical.html."""

from __future__ import annotations

import pytest

from .words import lexed


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("name", "word"),
        ("_n1$a", "word"),
        ("größe", "word"),
        ('"a ""b"" ;"', "quoted"),
        ('U&"\\0061"', "quoted"),
        ("'it''s; --'", "string"),
        ("'\\'", "string"),
        ("E'it\\'s \\\\'", "string"),
        ("e'a''b'", "string"),
        ("B'01'", "string"),
        ("x'1F'", "string"),
        ("N'a'", "string"),
        ("U&'\\0061'", "string"),
        ("'two\nlines'", "string"),
        ("E'a'\n  'b\\'c'", "string"),
        ("$$a; 'b$c$$", "dollar"),
        ("$fn$ $$ ; $$ $fn$", "dollar"),
        ("$é$a$é$", "dollar"),
        ("-- to the end", "comment"),
        ("/* a /* b */ c */", "comment"),
        ("/**/", "comment"),
        ("$1", "param"),
        ("1", "number"),
        ("1.5e-10", "number"),
        (".5", "number"),
        ("1_000", "number"),
        ("0x1F", "number"),
        ("::", "operator"),
        (":=", "operator"),
        ("<=", "operator"),
        ("@>", "operator"),
        (";", "punctuation"),
        ("..", "punctuation"),
        ("\\", "other"),
        ("$", "other"),
        ("{", "other"),
    ],
)
def test_one_token(sql, kind):
    assert lexed(sql) == [(kind, sql)]


@pytest.mark.parametrize(
    "sql", ["'", "'a''", "'''", "E'\\'", "E'\\", '"a', "/* /* */", "$$ $a$", "$a$ $$"]
)
def test_what_never_ends_is_one_token(sql):
    assert lexed(sql) == [("unterminated", sql)]


def test_a_dollar_behind_a_letter_is_part_of_the_name():
    assert lexed("a$$b;c$$d") == [("word", "a$$b"), ("punctuation", ";"), ("word", "c$$d")]


def test_a_comment_ends_an_operator():
    assert lexed("a+--b\n*/**/c") == [
        ("word", "a"),
        ("operator", "+"),
        ("comment", "--b"),
        ("operator", "*"),
        ("comment", "/**/"),
        ("word", "c"),
    ]


def test_a_range_of_numbers_is_not_a_fraction():
    assert [text for _, text in lexed("1..10")] == ["1", "..", "10"]


def test_a_comment_ends_at_a_carriage_return_too():
    assert lexed("--a\rb") == [("comment", "--a"), ("word", "b")]


def test_a_plain_string_after_an_escape_string_on_the_same_line_is_its_own():
    assert lexed("E'a' 'b\\'") == [("string", "E'a'"), ("string", "'b\\'")]


def test_coarse_leaves_out_what_cannot_hide_a_semicolon():
    assert lexed("a - 1 / $1, e'\\';' f(be'b') -- c\n; $x$;$x$ \\ $", coarse=True) == [
        ("string", "e'\\';'"),
        ("punctuation", "("),
        ("string", "'b'"),
        ("punctuation", ")"),
        ("comment", "-- c"),
        ("punctuation", ";"),
        ("dollar", "$x$;$x$"),
        ("other", "\\"),
        ("other", "$"),
    ]


@pytest.mark.parametrize("blanks", [" ", "\n\n", "\t \f\v\r\n"])
def test_blanks_are_no_tokens(blanks):
    assert lexed(blanks) == []
    assert lexed(f"a{blanks}") == [("word", "a")]
    assert lexed(f"a{blanks}", coarse=True) == []


def test_many_words_hide_nothing():
    text = "word, " * 1_000
    assert lexed(f"{text};", coarse=True) == [("punctuation", ";")]
    assert len(lexed(text)) == 2_000
