"""What holds for any text whatever."""

from __future__ import annotations

from itertools import pairwise

import pytest

from idemlint.source.lexer import tokens
from idemlint.source.parse import parse
from idemlint.source.positions import Lines
from idemlint.source.split import split, trim
from idemlint.source.statement import Chunk, Span
from idemlint.source.text import decode

hypothesis = pytest.importorskip("hypothesis")
st = hypothesis.strategies

FRAGMENTS = [
    *"'\"$;()\\/*-:{}@%.,+ \n\r\té\x00",
    *["$$", "$a$", "--", "/*", "*/", "E'", "U&'", "\r\n", "::", ":x", "${s}", "{{ x }}", "\\."],
    *[
        "SELECT 1",
        "CREATE TABLE t (a int)",
        "DO ",
        "AS ",
        "BEGIN ",
        "END",
        "ATOMIC ",
        "CASE ",
        " $ ",
    ],
    *["CREATE RULE r AS ON INSERT TO t DO (", "COPY t FROM stdin", "LANGUAGE plpgsql", "\\gexec"],
    "\ufeff",
]
sql = st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join)
data = st.one_of(sql.map(str.encode), st.binary(max_size=60), st.text(max_size=60).map(str.encode))


@hypothesis.given(data)
def test_decoding_never_fails_and_keeps_lengths(raw):
    source = decode("a.sql", raw)
    assert source.data == raw
    assert len(source.text.encode()) == len(raw)


@hypothesis.given(data, st.booleans())
def test_tokens_ascend_and_leave_only_blanks_between(raw, coarse):
    position = 0
    for kind, start, end in tokens(raw, 0, len(raw), coarse=coarse):
        assert position <= start < end <= len(raw)
        assert coarse or not raw[position:start].strip()
        assert kind
        position = end
    assert coarse or not raw[position:].strip()


@hypothesis.given(sql)
def test_coarse_tokens_are_the_fine_ones_with_some_left_out(text):
    raw = text.encode()
    fine = set(tokens(raw, 0, len(raw)))
    for token in tokens(raw, 0, len(raw), coarse=True):
        assert token in fine


@hypothesis.given(data)
def test_statements_ascend_and_leave_only_gaps_between(raw):
    position = 0
    for start, end in split(raw, 0, len(raw)):
        assert position <= start < end <= len(raw)
        gap = raw[position:start]
        assert all(
            kind == "comment" or gap[first:last] == b";"
            for kind, first, last in tokens(gap, 0, len(gap))
        )
        assert trim(raw, start, end) == (start, end)
        position = end


@hypothesis.given(st.lists(st.sampled_from(["SELECT ';'", "SELECT $$;$$", "a 'b'", 'c ";"', "(d"])))
def test_statements_that_are_joined_are_cut_at_their_seams(statements):
    raw = " ; -- x;\n".join(statements).encode()
    assert [raw[slice(*span)].decode() for span in split(raw, 0, len(raw))] == statements


@hypothesis.settings(deadline=None)
@hypothesis.given(data)
def test_parsing_never_fails(raw):
    found = parse(decode("a.sql", raw))
    assert len(found.code) == len(raw)
    assert [each.index for each in found.statements] == list(range(len(found.statements)))
    position = 0
    for statement in found.statements:
        assert position <= statement.start < statement.end <= len(raw)
        assert (statement.tree is None) == (statement.kind == "") == (statement.problem is not None)
        position = statement.end
    for problem in found.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(raw)
        assert all(0 <= edit.span.start <= edit.span.end <= len(raw) for edit in problem.repair)
    for mask in found.masks:
        assert 0 <= mask.span.start < mask.span.end <= len(raw)


@hypothesis.settings(deadline=None)
@hypothesis.given(sql, st.lists(st.integers(0, 200), max_size=4))
def test_sections_hold_their_statements(text, cuts):
    raw = text.encode()
    bounds = sorted({0, len(raw), *(cut for cut in cuts if cut <= len(raw))})
    chunks = [Chunk(Span(a, b)) for a, b in pairwise(bounds)]
    for statement in parse(decode("a.sql", raw), chunks).statements:
        assert any(
            chunk.span.start <= statement.start and statement.end <= chunk.span.end
            for chunk in chunks
        )


@hypothesis.given(data, st.integers(0, 80))
def test_every_offset_has_a_place(raw, offset):
    lines = Lines(raw)
    row, column, _ = lines.position(offset)
    assert 1 <= row <= len(lines)
    assert column >= 1
    line, unit = lines.utf16(offset)
    assert line == row - 1
    assert unit >= column - 1 or offset > len(raw)
