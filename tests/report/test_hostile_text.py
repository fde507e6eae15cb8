"""Whatever a file, its name or a message says: no format lets it steer who reads along.

The judges are not ours: JSON, XML, JSON Schema, markdown-it, Unicode's categories, and the two ways in
which GitHub's runner finds commands in a line (actions/runner, `src/Runner.Common/ActionCommand.cs`).
"""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ElementTree
from unicodedata import category
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from idemlint.report import excerpt, full, plain
from idemlint.report.formats import FORMATS, render
from idemlint.report.run_report import one_line, printable, shown_name
from report.samples import finding, report
from report.test_formats import schema

#: Pieces that have been trouble somewhere, and any text.
PIECES = st.one_of(
    st.sampled_from(
        [
            *(
                "\x1b[2J",
                "\x1b]0;x\x07",
                "\r",
                "\n",
                "\n::error ::x",
                "::error file=a::b",
                "##[error]x",
            ),
            *(
                "%0A::error::",
                "\x85",
                "\x9b",
                "\u2028",
                "\u202e",
                "\u2066",
                "\u200b",
                "\u200d",
                "\ufeff",
            ),
            *(
                "`",
                "``",
                "```",
                "|",
                "\\|",
                "\\",
                "<img src=x>",
                "@someone",
                "](x)",
                "&lt;",
                "-->",
                "]]>",
            ),
            *("\t", " ", "\x00", "\x7f", "\u00ad", "\udcff", "\ufffe", "\U000e0041", "größe", "🐘"),
        ]
    ),
    st.text(max_size=5),
)
TEXTS = st.lists(PIECES, max_size=6).map("".join)
#: What a file system can have: no NUL; bytes that are no UTF-8 are U+DC80 to U+DCFF.
NAMES = TEXTS.map(lambda text: re.sub("[\x00\ud800-\udc7f\udd00-\udfff]", "", text) + "x.sql")


def made(name: str, message: str, line: str) -> object:
    """A finding with each text where such a text comes from."""
    data = b"-- " + line.encode("utf-8", "surrogateescape").replace(b"\n", b" ") + b" CREATE"
    return report(finding(data, b"CREATE", filename=name, message=message, help=message or "x"))


def is_hostile(character: str) -> bool:
    if character in "\n\t\u200c\u200d":
        return False
    return category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and not _is_of_a_script(character)


def _is_of_a_script(character: str) -> bool:
    """Marks that Arabic, Syriac, Kaithi, musical and old scripts write numbers and signs with: they are
    seen, or group what is."""
    ranges = ((0x600, 0x605), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2))
    ranges += ((0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1345F))
    return any(first <= ord(character) <= last for first, last in ranges)


def commands(text: str) -> list[str]:
    """The lines that GitHub's runner takes for commands."""
    return [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]


@pytest.mark.parametrize("name", FORMATS)
@given(filename=NAMES, message=TEXTS, line=TEXTS)
def test_no_format_steers(name: str, filename: str, message: str, line: str) -> None:
    text = render(name, made(filename, message, line))  # type: ignore[arg-type]
    assert not set(filter(is_hostile, text))
    # For GitHub, the finding and the account.
    assert len(commands(text)) == (2 if name == "github" else 0)
    text.encode()


@given(filename=NAMES, message=TEXTS)
def test_json_gives_all_texts_back(filename: str, message: str) -> None:
    (entry,) = json.loads(render("json", made(filename, message, "")))  # type: ignore[arg-type]
    assert entry["filename"] == printable(filename)
    assert entry["message"].encode("utf-8", "replace") == message.encode("utf-8", "replace")


@given(filename=NAMES, message=TEXTS)
def test_sarif_names_the_bytes_of_the_file(filename: str, message: str) -> None:
    log = json.loads(render("sarif", made(filename, message, "")))  # type: ignore[arg-type]
    assert not list(schema().iter_errors(log))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    uri = place["artifactLocation"]["uri"]
    assert uri.isascii()
    assert uri.isprintable()
    assert unquote_to_bytes(uri) == os.fsencode(filename)


@given(filename=NAMES, message=TEXTS, line=TEXTS)
def test_junit_is_xml(filename: str, message: str, line: str) -> None:
    root = ElementTree.fromstring(render("junit", made(filename, message, line)))  # type: ignore[arg-type]
    _, case = root.iter("testcase")
    (failure,) = case.iter("failure")
    assert failure.get("type") == "IDM101"
    if filename.isprintable():
        assert case.get("file") == filename


@given(filename=NAMES, message=TEXTS)
def test_a_markdown_row_has_its_four_cells(filename: str, message: str) -> None:
    text = render("markdown", made(filename, message, ""))  # type: ignore[arg-type]
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    rows = [index for index, token in enumerate(tokens) if token.type == "tr_open"]
    (row,) = rows[-1:]
    cells = [token for token in tokens[row:] if token.type == "inline"]
    assert len(cells) == 4
    assert cells[1].content == "IDM101"
    children = [child for cell in cells for child in cell.children or ()]
    assert {child.type for child in children} <= {
        "text",
        "code_inline",
        "html_inline",
        "text_special",
    }
    assert {child.content for child in children if child.type == "html_inline"} <= {"<!-- -->"}


@given(filename=NAMES, message=TEXTS)
def test_github_gives_the_runner_the_message(filename: str, message: str) -> None:
    text = render("github", made(filename, message, ""))  # type: ignore[arg-type]
    command, _ = commands(text)
    properties, data = command.removeprefix("::error ").split("::", 1)
    assert [each.partition("=")[0] for each in properties.split(",")] == [
        *("file", "line", "endLine", "col", "endColumn", "title")
    ]
    assert ":" not in properties
    if message.isprintable() and "##[" not in message:
        assert data.replace("%25", "%").startswith(message.replace("%25", "%"))


@given(line=st.lists(TEXTS, max_size=3))
def test_no_line_for_people_is_a_command_whatever_it_is_made_of(line: list[str]) -> None:
    text = full.plain([[(one_line(piece), "text") for piece in line]])
    assert not commands(text)


@given(TEXTS)
def test_cells_of_an_excerpt_are_shown(text: str) -> None:
    drawn = "".join(character for character, _ in excerpt.cells(text.replace("\n", " ")))
    assert not set(filter(is_hostile, drawn))


class TestPlain:
    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("größe 🐘", "größe 🐘"),
            ("a\x1b[31mb", "a\\x1b[31mb"),
            ("a\u202eb\x9b", "a\\u202eb\\x9b"),
            ("\udcff.sql", "\\xff.sql"),
            ("\ud83d", "\\ud83d"),
            ("a\U000e0041", "a\\U000e0041"),
            ("us\u200ders", "us\\u200ders"),
            ("👩\u200d🚀", "👩\u200d🚀"),
            ("می\u200cخواهم", "می\u200cخواهم"),
            ("##[error]x", "##\\x5berror]x"),
            ("two\nlines\tand", "two\nlines\tand"),
        ],
    )
    def test_what_is_shown(self, text: str, shown: str) -> None:
        assert plain.visible(text) == shown

    @given(TEXTS)
    def test_what_is_shown_stays(self, text: str) -> None:
        assert plain.visible(plain.visible(text)) == plain.visible(text)

    def test_a_name_is_one_line_that_is_no_command(self) -> None:
        assert shown_name("a  b\n.sql") == "a  b\\n.sql"
        assert shown_name("::error ::.sql") == "./::error ::.sql"
