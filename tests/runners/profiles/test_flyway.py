"""Flyway: a transaction a file, unless all its statements are known to refuse one."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, reruns, sent, torn

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"


def test_its_names_give_it_away(folder: Folder) -> None:
    folder.write(dict.fromkeys(["db/V1_5_2__x.sql", "db/R__views.sql", "db/U2__x.sql"], ""))
    folder.write({"db/afterMigrate__grants.sql": "", "db/V2__c.sql": CIC})
    assert folder.runners() == {"flyway"}


CONFIGS = {
    "flyway.conf": "flyway.sqlMigrationPrefix={}\n",
    "flyway.toml": '[flyway]\nsqlMigrationPrefix = "{}"\n',
    "src/main/resources/application.properties": "spring.flyway.sql-migration-prefix={}\r\n",
    "src/main/resources/application-prod.yml": 'spring:\n  flyway:\n    sql-migration-prefix: "{}"\n',
    "pom.xml": "<sqlMigrationPrefix>{}</sqlMigrationPrefix>\n",
    "build.gradle": "flyway {{ sqlMigrationPrefix = '{}' }}\n",
}
FOLDER = "src/main/resources/db/migration"


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize(
    ("prefix", "name", "runner"),
    [
        ("", "20220803121537__x.sql", "flyway-unprefixed"),
        ("M", "M2__x.sql", "flyway-prefixed"),
        ("V", "V2__x.sql", "flyway"),
    ],
)
def test_its_prefix_is_configured(
    config: str, prefix: str, name: str, runner: str, folder: Folder
) -> None:
    folder.write({config: CONFIGS[config].format(prefix), f"{FOLDER}/{name}": ""})
    assert folder.runner(f"{FOLDER}/{name}") == runner


def test_two_underscores_in_its_folder_are_flyways_whatever_the_prefix(folder: Folder) -> None:
    name = f"{FOLDER}/20220803121537__x.sql"
    assert folder.write({name: ""}).runner(name) == "flyway-unprefixed"
    assert (
        folder.write({"sql/20220803121537__x.sql": ""}).runner("sql/20220803121537__x.sql")
        == "psql"
    )


def test_versions_without_a_prefix_are_numbers_too(folder: Folder) -> None:
    folder.write(
        dict.fromkeys(["10__c.sql", "9.1__b.sql", "R__v.sql", "U9__a.sql", "V3__z.sql"], "")
    )
    assert folder.order("flyway-unprefixed") == ["9.1__b.sql", "10__c.sql", "R__v.sql"]


def test_versions_are_numbers_then_repeatables_and_callbacks_around_them(folder: Folder) -> None:
    names = ["V10__c.sql", "V9.1__b.sql", "V9__a.sql", "V9_1_1__b.sql", "U9__a.sql", "B5__x.sql"]
    names += ["R__z.sql", "R__a.sql", "beforeMigrate.sql", "afterMigrate__x.sql", "afterClean.sql"]
    folder.write(dict.fromkeys([*names, "notes.sql"], ""))
    assert folder.order("flyway") == [
        "beforeMigrate.sql",
        "B5__x.sql",
        "V9__a.sql",
        "V9.1__b.sql",
        "V9_1_1__b.sql",
        "V10__c.sql",
        "R__a.sql",
        "R__z.sql",
        "afterMigrate__x.sql",
    ]


def test_repeatables_and_callbacks_run_again_by_design() -> None:
    assert reruns("flyway", "R__views.sql") is not None
    assert reruns("flyway", "db/afterMigrate__x.sql") is not None
    assert reruns("flyway", "V1__x.sql") is None


def test_a_file_is_a_transaction() -> None:
    assert sent("flyway", "SELECT 1; SELECT 2;") == ["0 transaction!"] * 2


def test_known_refusers_alone_run_without_it() -> None:
    assert sent("flyway", f"{CIC} VACUUM t;") == ["0 none", "1 none"]


def test_mixed_with_others_they_are_refused() -> None:
    assert sent("flyway", f"SET x.y = 1; {CIC}") == ["0 transaction!"] * 2


@pytest.mark.parametrize("sql", ["REINDEX TABLE CONCURRENTLY t", "CLUSTER"])
def test_what_flyway_does_not_know_stays_in_the_transaction(sql: str) -> None:
    assert sent("flyway", sql) == ["0 transaction!"]


def test_a_conf_file_beside_it_takes_the_transaction_away(folder: Folder) -> None:
    folder.write({"V1__x.sql": "", "V1__x.sql.conf": "executeInTransaction=false\n"})
    assert sent("flyway", f"SELECT 1; {CIC}", folder.path("V1__x.sql")) == ["0 none", "1 none"]
    folder.write({"V2__x.sql": "", "V2__x.sql.conf": "executeInTransaction=true\n"})
    assert opt_out("flyway", CIC, folder.path("V2__x.sql")) is None


def test_so_does_mixed_in_the_configuration(folder: Folder) -> None:
    folder.write({"V1__x.sql": "", "flyway.toml": "[flyway]\nmixed = true\n"})
    assert opt_out("flyway", CIC, folder.path("V1__x.sql")) is not None
    assert opt_out("flyway", "SELECT 1", folder.path("V1__x.sql")) is None


def test_in_the_file_itself_it_does_nothing() -> None:
    line = "-- executeInTransaction=false"
    assert misleads("flyway", f"{line}\n{CIC}") == [line]


def test_bodies_are_not_torn() -> None:
    assert torn("flyway", "DO $$ BEGIN PERFORM 1; END $$;") == []


def test_repeatables_stand_in_the_order_of_their_words(folder: Folder) -> None:
    names = ["R__1_views.sql", "R__10_views.sql", "R__2_views.sql", "R__2_views_more.sql"]
    folder.write(dict.fromkeys(names, ""))
    assert folder.order("flyway") == names


def test_a_baseline_stands_for_all_before_it(folder: Folder) -> None:
    names = ["V1__a.sql", "B2__ab.sql", "V2__b.sql", "V3__c.sql", "B3.1__x.sql", "V4__d.sql"]
    folder.write(dict.fromkeys([*names, "R__v.sql", "beforeMigrate.sql"], ""))
    assert folder.order("flyway") == ["beforeMigrate.sql", "B3.1__x.sql", "V4__d.sql", "R__v.sql"]
