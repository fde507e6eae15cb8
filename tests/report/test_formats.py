"""The formats for machines: each accepted by those who read it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from idemlint.diagnostics import Applicability, Severity
from idemlint.report.formats import FORMATS, render
from report.samples import finding, many, report

HOSTILE = '100% "done", <b>&amp;</b> | a:b\r\nnext `x|y` \x00\x1b\ufffe'


def test_json_has_the_keys_of_the_promise() -> None:
    (entry,) = json.loads(render("json", report(finding())))
    assert list(entry) == [
        *("code", "name", "severity", "message", "help", "filename", "location", "end_location"),
        *("statement", "sqlstate", "rerun", "fix", "url", "fingerprint"),
    ]
    assert entry["location"] == {"row": 2, "column": 1, "offset": 9}
    assert entry["end_location"] == {"row": 2, "column": 28, "offset": 36}
    assert entry["statement"] == {"index": 0, "start": 9, "end": 36, "kind": "CreateStmt"}
    assert entry["fix"] == {
        "applicability": "safe",
        "message": "Guard the table",
        "edits": [{"start": 21, "end": 21, "content": " IF NOT EXISTS"}],
    }
    assert entry["sqlstate"] == "42P07"
    assert entry["rerun"] == "file"
    assert entry["severity"] == "error"


def test_json_of_nothing_is_an_empty_array() -> None:
    assert json.loads(render("json", report())) == []


def test_json_survives_names_that_are_no_text() -> None:
    (entry,) = json.loads(render("json", report(finding(filename="\udcff.sql"))))
    assert entry["filename"] == "\\xff.sql"


def schema() -> Draft4Validator:
    path = Path(__file__).parent / "data" / "sarif-2.1.0.json"
    return Draft4Validator(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("number", [0, 1, 1000])
def test_sarif_is_accepted_by_the_schema(number: int) -> None:
    log = json.loads(render("sarif", report(*many(number))))
    assert not list(schema().iter_errors(log))
    (run,) = log["runs"]
    assert len(run["results"]) == number
    assert len(run["tool"]["driver"]["rules"]) == min(number, 1)


def test_sarif_with_everything_hostile_is_accepted() -> None:
    made = report(
        finding(message=HOSTILE, help=HOSTILE, filename="a b/ü%#?.sql"),
        finding(code="IDM801", name="other", applicability=None, statement=None, sqlstate=None),
    )
    log = json.loads(render("sarif", made))
    assert not list(schema().iter_errors(log))
    first, second = log["runs"][0]["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/%C3%BC%25%23%3F.sql"
    assert "fixes" not in second


def test_sarif_carries_the_page_and_the_fix() -> None:
    (run,) = json.loads(render("sarif", report(finding())))["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"] == "A table that is there already"
    assert rule["help"]["markdown"].startswith("# create-table")
    (result,) = run["results"]
    region = {"startLine": 2, "startColumn": 13, "endLine": 2, "endColumn": 13}
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {"deletedRegion": region, "insertedContent": {"text": " IF NOT EXISTS"}}
    ]


def commands(text: str) -> list[str]:
    """The annotations; the last one is the account of the run."""
    *found, account = [line for line in text.splitlines() if line.startswith("::")]
    assert account == "::notice title=idemlint::1 file checked"
    return found


def test_github_annotates_the_span() -> None:
    (command,) = commands(render("github", report(finding())))
    properties = "file=migrations/1.sql,line=2,endLine=2,col=1,endColumn=28"
    assert command.startswith(f"::error {properties},title=IDM101 create-table::")


def test_github_gets_no_columns_on_several_lines() -> None:
    table = b"CREATE TABLE t (\n  id int\n)"
    (command,) = commands(render("github", report(finding(table, table))))
    assert command.startswith("::error file=migrations/1.sql,line=1,endLine=3,title=")


def test_github_escapes_data_and_properties() -> None:
    made = finding(message=HOSTILE, filename="a,b:c%.sql", severity=Severity.WARNING)
    (command,) = commands(render("github", report(made)))
    assert command.startswith("::warning file=a%2Cb%3Ac%25.sql,line=2,")
    assert "100%25 " in command
    assert "%0D%0Anext" in command


def test_a_file_name_cannot_give_github_commands() -> None:
    text = render("github", report(finding(filename="::error ::x.sql")))
    assert len(commands(text)) == 1


def test_github_lists_everything_in_the_log_too() -> None:
    text = render("github", report(*many(30)))
    assert sum(line.startswith("migrations/") for line in text.splitlines()) == 30


def test_gitlab_has_unique_fingerprints() -> None:
    issues = json.loads(render("gitlab", report(*many(50))))
    assert len({issue["fingerprint"] for issue in issues}) == 50
    assert issues[0] == {
        "description": "IDM101: This `CREATE TABLE` fails on a rerun: users is there already",
        "check_name": "create-table",
        "fingerprint": issues[0]["fingerprint"],
        "severity": "major",
        "location": {"path": "migrations/0000.sql", "lines": {"begin": 1, "end": 1}},
    }


def test_junit_is_read_by_a_parser() -> None:
    root = ElementTree.fromstring(render("junit", report(*many(30), finding(message=HOSTILE))))
    assert root.get("failures") == "31"
    cases = root.findall("testsuite/testcase/failure")
    assert len(cases) == 31
    message = cases[-1].get("message") or ""
    assert message.startswith('100% "done", <b>&amp;</b>')
    assert "\\x00\\x1b\\ufffe" in message


def test_junit_of_nothing_has_one_passed_case() -> None:
    root = ElementTree.fromstring(render("junit", report()))
    assert root.get("tests") == "1"
    assert root.find("testsuite/testcase/failure") is None


def test_markdown_keeps_its_tables_whole() -> None:
    text = render("markdown", report(finding(message=HOSTILE, filename="a|b_c.sql")))
    row = text.splitlines()[-1]
    assert row.startswith("| a\\|b\\_c.sql:2 | IDM101 | ")
    assert row.replace("\\|", "").count("|") == 5
    assert "<b>" not in row


def test_markdown_of_a_wall_ends() -> None:
    text = render("markdown", report(*many(1000)))
    assert len(text) < 100_000
    assert text.endswith("… and 800 more.\n")


def test_concise_is_one_line_a_finding() -> None:
    assert render("concise", report(finding(message="two\nlines"))) == (
        "migrations/1.sql:2:1: IDM101 [*] two lines\n"
        "Found 1 error; 1 fixable with `--fix`.\n"
        "1 file checked.\n"
    )


def test_paths_are_relative_to_the_repository_for_forges(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "api").mkdir()
    monkeypatch.chdir(tmp_path / "api")
    made = report(finding(filename="db/1.sql"), root=str(tmp_path))
    (issue,) = json.loads(render("gitlab", made))
    assert issue["location"]["path"] == "api/db/1.sql"
    assert "file=api/db/1.sql," in render("github", made)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_tells_the_same_findings(name: str) -> None:
    made = report(
        finding(),
        finding(code="IDM801", name="definition-drift", applicability=Applicability.UNSAFE),
        finding(code="IDM401", name="insert", applicability=None, severity=Severity.WARNING),
    )
    assert _codes(name, render(name, made)) == ["IDM101", "IDM801", "IDM401"]


def _codes(name: str, text: str) -> list[str]:
    import re

    if name == "json":
        return [entry["code"] for entry in json.loads(text)]
    if name == "gitlab":
        return [entry["description"][:6] for entry in json.loads(text)]
    if name == "sarif":
        results: list[dict[str, Any]] = json.loads(text)["runs"][0]["results"]
        return [result["ruleId"] for result in results]
    if name == "junit":
        return [str(f.get("type")) for f in ElementTree.fromstring(text).iter("failure")]
    if name == "github":
        return re.findall(r"^::.*title=(IDM\d+)", text, re.MULTILINE)
    if name == "markdown":
        return re.findall(r"^\| [^|]+:\d+ \| (IDM\d+)", text, re.MULTILINE)
    return re.findall(r"^\S+:\d+:\d+: (IDM\d+)", text, re.MULTILINE)
