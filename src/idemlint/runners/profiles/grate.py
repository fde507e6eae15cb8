"""grate (erikbra/grate: PostgreSqlDatabase.cs), and [unverified] RoundhousE, which it follows.

- Folders in a fixed order: `up` runs once, `sprocs`, `views`, `functions` … whenever they change,
  `permissions` and `before…`/`after…` always (grate.core: Configuration/FoldersConfiguration.cs). In each the
  paths in order, folders below too, whatever the letter case, `_` before digits and letters
  (Migration/FileSystem.cs; [unverified] in .NET's invariant mode digits come first). Npgsql's splitter,
  one by one, no transaction unless `--transaction`.
- `{{Token}}` is filled in, unknown ones stay. A changed one-time script is an error by default
  (grate.core: Migration/DbMigrator.cs OneTimeScriptChanged).
- One connection for all scripts (grate.core: Migration/AnsiSqlDatabase.cs OpenConnection).
- Late scripts run: each is looked up by its name (DbMigrator.cs ThisScriptIsAlreadyRun).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.runners.profile import Claim, Named, Placeholders, Profile

if TYPE_CHECKING:
    from idemlint.runners.clues import FolderClues

ONCE: Final = ("up",)
CHANGED: Final = (
    "alterdatabase",
    "runafterCreateDatabase",
    "runbeforeup",
    "runfirstafterup",
    "functions",
    "views",
    "sprocs",
    "triggers",
    "indexes",
    "runafterotheranytimescripts",
)
ALWAYS: Final = ("beforemigration", "permissions", "aftermigration")
_ORDER: Final = (
    "beforemigration",
    "alterdatabase",
    "runaftercreatedatabase",
    "runbeforeup",
    "up",
    "runfirstafterup",
    "functions",
    "views",
    "sprocs",
    "triggers",
    "indexes",
    "runafterotheranytimescripts",
    "permissions",
    "aftermigration",
)
#: So many folders inside of these are gone into.
_INNER: Final = tuple(("(?P<name>[^/]*)", "[^/]*", "[^/]*")[:depth] for depth in range(4))
_CHANGED: Final = frozenset(name.lower() for name in CHANGED)


#: Signs that come before digits and letters, in their order.
_SIGNS: Final = str.maketrans(" _-./", "\1\2\3\4\5")


def caseless(path: str) -> str:
    """The path as it compares."""
    return path.removesuffix(".sql").lower().translate(_SIGNS)


def _folder(path: str) -> str:
    names = path.replace("\\", "/").lower().split("/")
    return next((name for name in reversed(names[:-1]) if name in _ORDER), "")


def reruns(path: str, data: bytes, clues: FolderClues) -> str | None:
    """Scripts outside `up`."""
    folder = _folder(path)
    name = path.replace("\\", "/").rpartition("/")[2].upper()
    if folder in ALWAYS or ".EVERYTIME." in name or name.startswith("EVERYTIME."):
        return "grate runs this script at every migration"
    if folder in _CHANGED:
        return f"grate runs the scripts of {folder} again whenever they change"
    return None


PROFILES: Final = (
    Profile(
        name="grate",
        title="grate",
        edits="error",
        sending="stmt",
        session="kept",
        late="runs",
        message="statement",
        claims=tuple(
            Claim(48, name=r".*\.sql", folder=rf"{name}(?:/[^/]+)*", beside=(f"../{other}",))
            for name in _ORDER
            for other in ("up", "sprocs")
            if name != other
        ),
        files=tuple(
            Named(
                r"[^/]*\.sql" if inner else r"(?P<name>[^/]*)\.sql",
                "up" if name in ONCE else "repeatable",
                rank=rank,
                folders=(name, *inner),
            )
            for rank, name in enumerate(_ORDER)
            for inner in _INNER
        ),
        ordered_by="path",
        seen_as=caseless,
        placeholders=Placeholders(pattern=r"\{\{\w+\}\}", in_bodies=True),
        reruns=reruns,
    ),
)
