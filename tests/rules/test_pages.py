"""Every rule's page is its documentation and its tests: what it shows is what idemlint does.

How pages are read, and the options on their fences: `cases.py`. Real servers: `test_on_server.py`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint.apply.meaning import comments_of
from idemlint.diagnostics import Applicability, Severity
from idemlint.rules import all_rules
from idemlint.rules.kit import pages

from .cases import KNOWN, Case, all_cases, all_pages, cases_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.diagnostics import Diagnostic

BOM = b"\xef\xbb\xbf"
LINE = "-- Größe, длина, 長さ 🐘\n".encode()

#: Ways to write the same text: what is done to it, and what undoes that.
VARIANTS: dict[str, tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]] = {
    "as-it-is": (bytes, bytes),
    "crlf": (
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b"\r\n", b"\n"),
    ),
    "bom": (lambda data: BOM + data, lambda data: data.removeprefix(BOM)),
    "non-ascii": (lambda data: LINE + data, lambda data: data.replace(LINE, b"", 1)),
}


def of(what: str, *, fixed: bool = False) -> list[Case]:
    return [case for case in all_cases() if case.example.what == what and (case.fixed or not fixed)]


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return [f"{each.code} {each.message}" for each in found]


def varied(cases: list[Case]) -> pytest.MarkDecorator:
    """Each case in each variant; runners do not see a directive behind a byte order mark."""
    return pytest.mark.parametrize(
        ("case", "variant"),
        [
            pytest.param(case, variant, id=f"{case}-{variant}")
            for case in cases
            for variant in VARIANTS
            if not (variant == "bom" and case.runner != "psql" and "-- " in case.example.sql[:3])
        ],
    )


bad = pytest.mark.parametrize("case", of("bad"), ids=str)
fixable = pytest.mark.parametrize("case", of("bad", fixed=True), ids=str)


class TestPairs:
    def test_every_rule_has_a_page_and_every_page_a_rule(self) -> None:
        files = {path.stem for path in Path(pages.folder()).glob("*.md")}
        rules = {f"{rule.code}-{rule.name}" for rule in all_rules().values()}
        assert files - rules == set(), "write the class (src/idemlint/rules/), or remove the page"
        assert rules - files == set(), "write the page: rules/CODE-name.md"

    @pytest.mark.parametrize(
        "path", sorted(Path(pages.folder()).glob("*.md")), ids=lambda path: path.stem[:6]
    )
    def test_a_page_is_well_formed(self, path: pages.Path) -> None:
        page = pages.parse(path.read_text(encoding="utf-8"))
        assert path.stem == f"{page.code}-{page.name}", (
            "the file is called as its front matter says"
        )
        assert re.fullmatch(r"IDM\d{3}", page.code)
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", page.name)
        assert re.fullmatch(r"\d+\.\d+\.\d+", page.since)
        assert set(page.fix) <= {each.label for each in Applicability}
        assert all(re.fullmatch(r"[0-9A-Z]{5}", state) for state in page.sqlstates)
        assert len(page.title) < 80
        assert page.examples, "a page shows examples"
        assert {option for one in page.examples for option in one.options} <= KNOWN, (
            f"the options of a fence are {', '.join(sorted(KNOWN))}"
        )
        kinds = {case.example.what for case in cases_of(page)}
        assert kinds == {"bad", "good"}, "a page shows what is bad and what is good"
        fences = len(re.findall(r"^```sql", page.markdown, re.MULTILINE))
        assert fences == len(page.examples), "a fence says setup, bad, between, fixed or good"

    @pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.code)
    def test_the_rule_says_what_its_page_says(self, page: pages.Page) -> None:
        rule = all_rules()[page.code]
        assert rule.name == page.name, "the class and the page's front matter differ: mend one"
        assert rule.__doc__, "say in the class's docstring what it finds"
        seen = {
            finding.severity
            for case in cases_of(page)
            if case.example.what == "bad"
            for finding in case.report(case.example.sql.encode()).diagnostics
        }
        worst = Severity.ERROR if Severity.ERROR in seen else Severity.WARNING
        assert page.severity is worst, f"write into the page: severity: {worst.value}"

    @pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.code)
    def test_the_fixes_are_those_that_the_page_announces(self, page: pages.Page) -> None:
        seen = {
            finding.fix.applicability.label
            for case in cases_of(page)
            if case.example.what == "bad"
            for finding in case.report(case.example.sql.encode()).diagnostics
            if finding.fix is not None
        }
        assert seen == set(page.fix), f"write into the page: fix: [{', '.join(sorted(seen))}]"


class TestBad:
    @varied(of("bad"))
    def test_the_rule_finds_it_and_no_other_does(self, case: Case, variant: str) -> None:
        data = VARIANTS[variant][0](case.example.sql.encode())
        found = case.report(data).diagnostics
        assert {each.code for each in found} == {case.page.code}, codes(found)

    @bad
    def test_the_finding_is_complete(self, case: Case) -> None:
        report = case.report(case.example.sql.encode())
        for finding in report.diagnostics:
            assert finding.name == case.page.name
            assert finding.message
            assert "\n" not in finding.message
            assert finding.help, "it says how to go on"
            assert 0 <= finding.span.start <= finding.span.end <= len(report.parsed.source.data)
            if finding.sqlstate is not None:
                assert finding.sqlstate in case.page.sqlstates, "add it to `sqlstate` of the page"
            if finding.fix is not None:
                assert finding.fix.message
                assert finding.fix.edits or finding.fix.applicability is Applicability.DISPLAY

    @bad
    def test_setup_is_only_setup(self, case: Case) -> None:
        """What comes before may have findings of its own, but must be readable."""
        for report in case.every_report(case.example.sql.encode())[:-1]:
            assert all(statement.tree is not None for statement in report.parsed.statements)

    @bad
    def test_what_can_be_fixed_is_shown_fixed(self, case: Case) -> None:
        found = case.report(case.example.sql.encode()).diagnostics
        can = any(each.fix is not None and each.fix.applies(Applicability.UNSAFE) for each in found)
        assert can == (case.fixed is not None), (
            "show what the fix makes in a fence `sql fixed` behind this one"
            if can
            else "nothing fixes this: remove the fence `sql fixed`"
        )


class TestFixed:
    @varied(of("bad", fixed=True))
    def test_the_fix_makes_exactly_that(self, case: Case, variant: str) -> None:
        there, back = VARIANTS[variant]
        assert case.fixed is not None
        result = case.fix(there(case.example.sql.encode()), lowest_of(case))
        assert not result.dropped
        assert back(result.after).decode() == case.fixed.sql
        if variant == "crlf":
            assert b"\n" not in result.after.replace(b"\r\n", b"")
        elif variant == "bom":
            assert result.after.startswith(BOM)
        else:
            assert result.after.count(LINE) == (variant == "non-ascii")

    @varied(of("bad", fixed=True))
    def test_it_is_clean_and_stays_as_it_is(self, case: Case, variant: str) -> None:
        assert case.fixed is not None
        data = VARIANTS[variant][0](case.fixed.sql.encode())
        report = case.report(data)
        assert not report.diagnostics, codes(report.diagnostics)
        assert all(statement.tree is not None for statement in report.parsed.statements)
        again = case.fix(data, Applicability.UNSAFE)
        assert again.after == data

    @fixable
    def test_it_keeps_every_comment(self, case: Case) -> None:
        assert case.fixed is not None
        old = comments_of(case.example.sql.encode())
        new = comments_of(case.fixed.sql.encode())
        rule = all_rules()[case.page.code]
        if rule.removes_suppressions:
            old = [comment for comment in old if b"idemlint:" not in comment]
        if rule.writes_directives:
            old = [
                comment for comment in old if not re.match(rb"--(>|changeset| migrate)", comment)
            ]
        assert not [comment for comment in old if comment not in new]

    @fixable
    def test_an_unsafe_fix_is_not_made_unasked(self, case: Case) -> None:
        assert case.fixed is not None
        if "unsafe" in case.fixed.options:
            assert lowest_of(case) is Applicability.UNSAFE
        if lowest_of(case) is Applicability.UNSAFE:
            data = case.example.sql.encode()
            result = case.fix(data, Applicability.SAFE)
            assert {each.code for each in result.report.findings} == {case.page.code}


class TestGood:
    @varied(of("good"))
    def test_nothing_is_found(self, case: Case, variant: str) -> None:
        report = case.report(VARIANTS[variant][0](case.example.sql.encode()))
        assert not report.diagnostics, codes(report.diagnostics)


def lowest_of(case: Case) -> Applicability:
    """How far fixes must be allowed for the example: as its findings say."""
    found = case.report(case.example.sql.encode()).diagnostics
    levels = [
        each.fix.applicability
        for each in found
        if each.fix is not None and each.fix.applies(Applicability.UNSAFE)
    ]
    return min(levels, default=Applicability.SAFE)
