"""Everything in a database that a user can see, by names, so that two states can be compared.

OIDs, statistics and physical positions stay out: they differ between two runs that did the same.
A part is named like the catalog that it was read from (`pg_constraint`); rows are the part `data`,
positions of sequences the part `sequence`. Within a part there are pairs: what the thing is called,
and what it is like. In `data` that is the table's name and one whole row as text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from psycopg import pq, sql

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg import Connection

Item = tuple[str, str]

DATA = "data"
SEQUENCE = "sequence"


@dataclass(frozen=True, slots=True)
class Difference:
    """What one part has only after (`added`) and only before (`removed`)."""

    added: tuple[Item, ...]
    removed: tuple[Item, ...]

    @property
    def names(self) -> frozenset[str]:
        """The things concerned, without what they are like."""
        return frozenset(name for name, _ in (*self.added, *self.removed))

    def __str__(self) -> str:
        lines = [f"- {name}: {content}" for name, content in self.removed]
        lines += [f"+ {name}: {content}" for name, content in self.added]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """One state of a database; equal and equally hashed where a user could see no difference."""

    parts: Mapping[str, tuple[Item, ...]]
    _hash: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_hash", hash(tuple(sorted(self.parts.items()))))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self.parts == other.parts

    def __hash__(self) -> int:
        return self._hash

    def difference(self, after: Snapshot) -> dict[str, Difference]:
        """Return what is different in a later state, by part; an empty dictionary: nothing."""
        changed: dict[str, Difference] = {}
        for part in sorted(self.parts.keys() | after.parts.keys()):
            old, new = self.parts.get(part, ()), after.parts.get(part, ())
            if old != new:
                # The same index twice is a difference, hence counters and not sets.
                had, has = Counter(old), Counter(new)
                changed[part] = Difference(
                    added=tuple(sorted((has - had).elements())),
                    removed=tuple(sorted((had - has).elements())),
                )
        return changed


def take_snapshot(
    connection: Connection[tuple[object, ...]], version: int, first_user_xid: int
) -> Snapshot:
    """Read the state that the session sees, its own uncommitted changes included.

    Inside an open transaction the settings made here last until it, or the savepoint around the
    call, is rolled back; otherwise nothing is left behind.
    """
    outside = connection.pgconn.transaction_status == pq.TransactionStatus.IDLE
    if outside:
        _results(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        catalog = _results(connection, _catalog_queries(version, first_user_xid))
        parts = {
            name: tuple(sorted(rows))
            for name, rows in zip(_parts(version), catalog[len(_SETTINGS) :], strict=True)
        }
        tables = parts.pop("_tables")
        sequences = parts.pop("_sequences")
        parts[DATA] = tuple(sorted([*parts[DATA], *_rows(connection, tables)]))
        parts[SEQUENCE] = tuple(sorted(_positions(connection, sequences)))
    finally:
        if outside:
            _results(connection, "ROLLBACK")
    return Snapshot({name: rows for name, rows in parts.items() if rows})


def _results(connection: Connection[tuple[object, ...]], text: str) -> list[list[Item]]:
    """Send one message; return the rows of each of its statements. Raises RuntimeError."""
    pgconn = connection.pgconn
    pgconn.send_query(text.encode())
    results: list[list[Item]] = []
    error = ""
    while (result := pgconn.get_result()) is not None:
        if result.status == pq.ExecStatus.FATAL_ERROR:
            error = error or result.error_message.decode(errors="replace")
        columns = range(result.nfields)
        results.append(
            [
                tuple((result.get_value(row, column) or b"").decode() for column in columns)  # type: ignore[misc]
                for row in range(result.ntuples)
            ]
        )
    if error:
        raise SnapshotError(f"snapshot: {error.strip()}")
    return results


class SnapshotError(RuntimeError):
    """The state could not be read; the message is the server's."""


def _rows(connection: Connection[tuple[object, ...]], tables: tuple[Item, ...]) -> list[Item]:
    """Return the rows of the given tables."""
    if not tables:
        return []
    queries = [
        # ONLY: children have rows of their own; the alias must not be a column's name.
        f"SELECT {_literal(name)}, _idemlint_row_::text FROM ONLY {name} AS _idemlint_row_"
        for name, _ in tables
    ]
    return _each(connection, queries)


def _positions(
    connection: Connection[tuple[object, ...]], sequences: tuple[Item, ...]
) -> list[Item]:
    queries = [
        f"SELECT {_literal(name)}, concat_ws(' ', last_value, is_called) FROM {name}"
        for name, _ in sequences
    ]
    return _each(connection, queries)


def _each(connection: Connection[tuple[object, ...]], queries: list[str]) -> list[Item]:
    """Run all queries as one; where that fails, one by one, with the error in the rows' place.

    A generated column may divide by zero, a table may use a type whose output function is gone.
    """
    if not queries:
        return []
    try:
        _results(connection, "SAVEPOINT _idemlint_rows")
        found = [item for rows in _results(connection, ";\n".join(queries)) for item in rows]
    except SnapshotError:
        found = []
        for query in queries:
            _results(connection, "ROLLBACK TO SAVEPOINT _idemlint_rows")
            try:
                found += _results(connection, query)[0]
            except SnapshotError as error:
                found.append((query, str(error)))
        _results(connection, "ROLLBACK TO SAVEPOINT _idemlint_rows")
    _results(connection, "RELEASE SAVEPOINT _idemlint_rows")
    return found


def _literal(text: str) -> str:
    return sql.Literal(text).as_string(None)


# What the text of definitions and values depends on. LOCAL: until the transaction's end.
_SETTINGS = (
    # With an empty search_path all names come out with their schema.
    "SET LOCAL search_path = ''",
    # The session under test may have given up its rights.
    "SET LOCAL SESSION AUTHORIZATION DEFAULT",
    "SET LOCAL ROLE NONE",
    "SET LOCAL row_security = on",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL intervalstyle = 'postgres'",
    "SET LOCAL timezone = 'UTC'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 1",
    "SET LOCAL xmloption = 'content'",
    "SET LOCAL quote_all_identifiers = off",
)


@cache
def _parts(version: int) -> tuple[str, ...]:
    return tuple(name for name, since, _ in _QUERIES if since <= version)


@cache
def _catalog_queries(version: int, first_user_xid: int) -> str:
    """Return one message that reads all catalogs of a major version, in the order of `_parts`."""
    texts = [query for _, since, query in _QUERIES if since <= version]
    message = ";\n".join([*_SETTINGS, *texts])
    # {new c}: the row was made or altered since the server was set up.
    message = message.replace(
        "{new c}", f"(c.oid >= 16384 OR c.xmin::text::bigint >= {first_user_xid})"
    )
    message = message.replace(
        "{young}", f"(c.objoid >= 16384 OR c.xmin::text::bigint >= {first_user_xid})"
    )
    for name, (since, expression, otherwise) in _VERSIONED.items():
        message = message.replace(name, expression if version >= since else otherwise)
    return message


# Columns that came with a version: since when, what to read, what to read before.
_VERSIONED = {
    "{compression}": (14, "c.attcompression", "''"),
    "{body}": (14, "pg_get_function_sqlbody(c.oid)", "NULL"),
    "{detach}": (14, "c.inhdetachpending", "false"),
    "{multirange}": (14, "c.rngmultitypid::regtype", "NULL"),
    "{trigger_parent}": (13, "c.tgparentid <> 0", "false"),
    "{filter}": (15, "pg_get_expr(c.prqual, c.prrelid)", "NULL"),
    "{columns}": (
        15,
        "(SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a"
        " WHERE a.attrelid = c.prrelid AND a.attnum = ANY (c.prattrs))",
        "NULL",
    ),
    "{member_options}": (
        16,
        "concat_ws(' ', c.admin_option, c.inherit_option, c.set_option)",
        "c.admin_option",
    ),
}

# Schemas that belong to the server, not to anybody's migration.
_OWN = "c.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast|temp)')"

# (part, first major version, query of two columns: name, content)
_QUERIES: tuple[tuple[str, int, str], ...] = (
    (
        "_tables",
        13,
        f"""SELECT c.oid::regclass::text, '' FROM pg_class c
        WHERE c.relkind IN ('r', 'm') AND c.relispopulated AND c.oid >= 16384 AND {_OWN}""",
    ),
    (
        "_sequences",
        13,
        f"""SELECT c.oid::regclass::text, '' FROM pg_class c
        WHERE c.relkind = 'S' AND c.oid >= 16384 AND {_OWN}""",
    ),
    (
        DATA,
        13,
        """SELECT 'large object ' || loid::text, pageno::text || ' ' || encode(data, 'hex')
        FROM pg_largeobject""",
    ),
    (
        "pg_namespace",
        13,
        """SELECT nspname, row(nspowner::regrole, nspacl)::text FROM pg_namespace
        WHERE nspname !~ '^pg_(toast|temp)'""",
    ),
    (
        # Not by xmin: VACUUM FULL writes every row of pg_class anew.
        "pg_class",
        13,
        f"""SELECT c.oid::regclass::text, row(c.relkind, c.relpersistence, c.relowner::regrole,
        c.reloptions, (SELECT t.reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid),
        (SELECT amname FROM pg_am WHERE pg_am.oid = c.relam),
        (SELECT spcname FROM pg_tablespace s WHERE s.oid = c.reltablespace),
        c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relispopulated,
        c.relispartition, pg_get_expr(c.relpartbound, c.oid), c.reloftype::regtype,
        c.relacl)::text
        FROM pg_class c WHERE (c.oid >= 16384 OR c.relacl IS NOT NULL) AND {_OWN}""",
    ),
    (
        "pg_attribute",
        13,
        f"""SELECT d.oid::regclass::text || '.' || quote_ident(c.attname),
        row(row_number() OVER (PARTITION BY c.attrelid ORDER BY c.attnum),
        format_type(c.atttypid, c.atttypmod), c.attnotnull, c.attidentity, c.attgenerated,
        c.attstorage, {{compression}}, nullif(c.attstattarget, -1), c.attcollation::regcollation,
        c.attoptions, c.attfdwoptions, c.attislocal, c.attinhcount, c.attacl)::text
        FROM pg_attribute c JOIN pg_class d ON d.oid = c.attrelid
        WHERE c.attnum > 0 AND NOT c.attisdropped AND d.oid >= 16384
        AND {_OWN.replace("c.", "d.")}""",
    ),
    (
        "pg_attrdef",
        13,
        """SELECT c.adrelid::regclass::text || '.' || (SELECT quote_ident(attname)
        FROM pg_attribute a WHERE a.attrelid = c.adrelid AND a.attnum = c.adnum),
        pg_get_expr(c.adbin, c.adrelid)
        FROM pg_attrdef c JOIN pg_class d ON d.oid = c.adrelid
        WHERE d.relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_temp')""",
    ),
    (
        "pg_constraint",
        13,
        """SELECT concat_ws(' ', CASE WHEN c.conrelid <> 0 THEN c.conrelid::regclass::text
        ELSE c.contypid::regtype::text END, quote_ident(c.conname)),
        row(c.contype, pg_get_constraintdef(c.oid), c.convalidated, c.condeferrable,
        c.condeferred, c.conislocal, c.coninhcount, c.connoinherit,
        (SELECT conname FROM pg_constraint p WHERE p.oid = c.conparentid),
        c.conindid::regclass)::text
        FROM pg_constraint c LEFT JOIN pg_class d ON d.oid = c.conrelid
        WHERE {new c} AND d.relnamespace IS DISTINCT FROM pg_my_temp_schema()""",
    ),
    (
        "pg_index",
        13,
        """SELECT c.indexrelid::regclass::text, row(c.indrelid::regclass,
        pg_get_indexdef(c.indexrelid), c.indisprimary, c.indisexclusion, c.indimmediate,
        c.indisclustered, c.indisvalid, c.indisready, c.indisreplident)::text
        FROM pg_index c JOIN pg_class d ON d.oid = c.indexrelid
        WHERE d.oid >= 16384 AND d.relnamespace NOT IN
        (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast|temp)')""",
    ),
    (
        "pg_inherits",
        13,
        """SELECT c.inhrelid::regclass::text,
        row(c.inhparent::regclass, c.inhseqno, {detach})::text FROM pg_inherits c""",
    ),
    (
        "pg_partitioned_table",
        13,
        """SELECT partrelid::regclass::text,
        row(pg_get_partkeydef(partrelid), partdefid::regclass)::text
        FROM pg_partitioned_table""",
    ),
    (
        "pg_type",
        13,
        """SELECT c.oid::regtype::text, row(c.typtype, c.typcategory, c.typispreferred,
        c.typisdefined, c.typowner::regrole, c.typnotnull, c.typbasetype::regtype, c.typtypmod,
        c.typdefault, c.typcollation::regcollation, c.typelem::regtype, c.typinput, c.typoutput,
        c.typreceive, c.typsend, c.typanalyze, c.typstorage, c.typalign, c.typlen,
        c.typdelim, c.typacl)::text
        FROM pg_type c WHERE {new c} AND c.typnamespace NOT IN
        (SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(toast|temp)')""",
    ),
    (
        "pg_enum",
        13,
        """SELECT enumtypid::regtype::text || ' ' || quote_literal(enumlabel),
        row_number() OVER (PARTITION BY enumtypid ORDER BY enumsortorder) FROM pg_enum""",
    ),
    (
        "pg_range",
        13,
        """SELECT c.rngtypid::regtype::text, row(c.rngsubtype::regtype,
        c.rngcollation::regcollation, (SELECT opcname FROM pg_opclass o WHERE o.oid = c.rngsubopc),
        c.rngcanonical, c.rngsubdiff, {multirange})::text
        FROM pg_range c WHERE c.rngtypid >= 16384""",
    ),
    (
        "pg_proc",
        13,
        """SELECT c.oid::regprocedure::text, row(c.prokind, c.proowner::regrole,
        pg_get_function_arguments(c.oid), pg_get_function_result(c.oid),
        CASE WHEN c.prokind <> 'a' THEN pg_get_functiondef(c.oid) END, {body}, c.proacl)::text
        FROM pg_proc c WHERE {new c} AND c.pronamespace IS DISTINCT FROM pg_my_temp_schema()""",
    ),
    (
        "pg_aggregate",
        13,
        """SELECT c.aggfnoid::oid::regprocedure::text, row(c.aggkind, c.aggnumdirectargs,
        c.aggtransfn, c.aggfinalfn, c.aggcombinefn, c.aggserialfn, c.aggdeserialfn, c.aggmtransfn,
        c.aggminvtransfn, c.aggmfinalfn, c.aggsortop::regoperator, c.aggtranstype::regtype,
        c.agginitval, c.aggminitval, c.aggfinalmodify)::text
        FROM pg_aggregate c WHERE c.aggfnoid::oid >= 16384""",
    ),
    (
        # The names of a foreign key's own triggers end in their OID.
        "pg_trigger",
        13,
        r"""SELECT c.tgrelid::regclass::text || ' ' ||
        CASE WHEN c.tgisinternal THEN regexp_replace(c.tgname, '_\d+$', '') || concat(' of ',
        (SELECT concat_ws(' ', conrelid::regclass, conname) FROM pg_constraint o
        WHERE o.oid = c.tgconstraint)) ELSE quote_ident(c.tgname) END,
        row(regexp_replace(pg_get_triggerdef(c.oid), '(ConstraintTrigger_[ac])_\d+', '\1'),
        c.tgenabled, c.tgisinternal, {trigger_parent},
        (SELECT conname FROM pg_constraint o WHERE o.oid = c.tgconstraint))::text
        FROM pg_trigger c""",
    ),
    (
        "pg_rewrite",
        13,
        """SELECT c.ev_class::regclass::text || ' ' || quote_ident(c.rulename),
        row(pg_get_ruledef(c.oid), c.ev_enabled)::text FROM pg_rewrite c WHERE {new c}""",
    ),
    (
        "pg_policy",
        13,
        """SELECT c.polrelid::regclass::text || ' ' || quote_ident(c.polname),
        row(c.polcmd, c.polpermissive,
        (SELECT string_agg(CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END, ',' ORDER BY
        CASE r WHEN 0 THEN 'public' ELSE r::regrole::text END) FROM unnest(c.polroles) r),
        pg_get_expr(c.polqual, c.polrelid), pg_get_expr(c.polwithcheck, c.polrelid))::text
        FROM pg_policy c""",
    ),
    (
        "pg_event_trigger",
        13,
        """SELECT evtname, row(evtevent, evtowner::regrole, evtfoid::regprocedure, evtenabled,
        evttags)::text FROM pg_event_trigger""",
    ),
    (
        "pg_extension",
        13,
        """SELECT extname, row(extowner::regrole, extnamespace::regnamespace, extrelocatable,
        extversion, extconfig::regclass[], extcondition)::text FROM pg_extension""",
    ),
    (
        "pg_description",
        13,
        """SELECT i.type || ' ' || coalesce(i.identity, ''), c.description FROM pg_description c,
        pg_identify_object(c.classoid, c.objoid, c.objsubid) i WHERE {young}""",
    ),
    (
        "pg_shdescription",
        13,
        """SELECT i.type || ' ' || CASE WHEN i.type = 'database' AND i.identity =
        quote_ident(current_database()) THEN '(current)' ELSE coalesce(i.identity, '') END,
        c.description FROM pg_shdescription c,
        pg_identify_object(c.classoid, c.objoid, 0) i WHERE {young}""",
    ),
    (
        "pg_seclabel",
        13,
        """SELECT concat_ws(' ', objtype, objname), row(provider, label)::text
        FROM pg_seclabels""",
    ),
    (
        "pg_default_acl",
        13,
        """SELECT concat_ws(' ', defaclrole::regrole, nullif(defaclnamespace, 0)::regnamespace,
        defaclobjtype), defaclacl::text FROM pg_default_acl""",
    ),
    (
        "pg_statistic_ext",
        13,
        """SELECT stxnamespace::regnamespace::text || '.' || quote_ident(stxname),
        row(pg_get_statisticsobjdef(oid), stxowner::regrole, nullif(stxstattarget, -1))::text
        FROM pg_statistic_ext""",
    ),
    (
        "pg_publication",
        13,
        """SELECT pubname, pubowner::regrole::text || (to_jsonb(c) - 'oid' - 'pubowner')::text
        FROM pg_publication c""",
    ),
    (
        "pg_publication_rel",
        13,
        """SELECT (SELECT quote_ident(pubname) FROM pg_publication p WHERE p.oid = c.prpubid)
        || ' ' || c.prrelid::regclass::text, row({filter}, {columns})::text
        FROM pg_publication_rel c""",
    ),
    (
        "pg_publication_namespace",
        15,
        """SELECT (SELECT quote_ident(pubname) FROM pg_publication p WHERE p.oid = c.pnpubid)
        || ' ' || c.pnnspid::regnamespace::text, '' FROM pg_publication_namespace c""",
    ),
    (
        "pg_subscription",
        13,
        """SELECT subname, subowner::regrole::text || (to_jsonb(c) - 'oid' - 'subdbid' - 'subowner'
        - 'subskiplsn')::text FROM pg_subscription c
        WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())""",
    ),
    (
        "pg_foreign_data_wrapper",
        13,
        """SELECT fdwname, row(fdwowner::regrole, nullif(fdwhandler, 0)::regproc,
        nullif(fdwvalidator, 0)::regproc, fdwacl, fdwoptions)::text
        FROM pg_foreign_data_wrapper""",
    ),
    (
        "pg_foreign_server",
        13,
        """SELECT srvname, row(srvowner::regrole, (SELECT fdwname FROM pg_foreign_data_wrapper w
        WHERE w.oid = srvfdw), srvtype, srvversion, srvacl, srvoptions)::text
        FROM pg_foreign_server""",
    ),
    (
        "pg_user_mapping",
        13,
        "SELECT srvname || ' ' || usename, umoptions::text FROM pg_user_mappings",
    ),
    (
        "pg_foreign_table",
        13,
        """SELECT ftrelid::regclass::text, row((SELECT srvname FROM pg_foreign_server s
        WHERE s.oid = ftserver), ftoptions)::text FROM pg_foreign_table""",
    ),
    (
        "pg_cast",
        13,
        """SELECT format('%s as %s', castsource::regtype, casttarget::regtype),
        row(nullif(castfunc, 0)::regprocedure, castcontext, castmethod)::text
        FROM pg_cast c WHERE {new c}""",
    ),
    (
        "pg_operator",
        13,
        """SELECT oid::regoperator::text, row(oprowner::regrole, oprcode, oprresult::regtype,
        oprcom::regoperator, oprnegate::regoperator, oprrest, oprjoin, oprcanhash,
        oprcanmerge)::text FROM pg_operator c WHERE {new c}""",
    ),
    (
        "pg_opfamily",
        13,
        """SELECT (pg_identify_object('pg_opfamily'::regclass, oid, 0)).identity,
        opfowner::regrole::text FROM pg_opfamily c WHERE {new c}""",
    ),
    (
        "pg_opclass",
        13,
        """SELECT (pg_identify_object('pg_opclass'::regclass, oid, 0)).identity,
        row(opcowner::regrole, opcintype::regtype, opcdefault, opckeytype::regtype,
        (pg_identify_object('pg_opfamily'::regclass, opcfamily, 0)).identity)::text
        FROM pg_opclass c WHERE {new c}""",
    ),
    (
        "pg_amop",
        13,
        """SELECT (pg_identify_object('pg_amop'::regclass, oid, 0)).identity,
        row(amopopr::regoperator, amoppurpose)::text FROM pg_amop c WHERE {new c}""",
    ),
    (
        "pg_amproc",
        13,
        """SELECT (pg_identify_object('pg_amproc'::regclass, oid, 0)).identity,
        amproc::text FROM pg_amproc c WHERE {new c}""",
    ),
    (
        "pg_am",
        13,
        "SELECT amname, row(amhandler, amtype)::text FROM pg_am c WHERE {new c}",
    ),
    (
        "pg_collation",
        13,
        """SELECT (pg_identify_object('pg_collation'::regclass, oid, 0)).identity,
        collowner::regrole::text || (to_jsonb(c) - 'oid' - 'collnamespace' - 'collowner')::text
        FROM pg_collation c WHERE {new c}""",
    ),
    (
        "pg_conversion",
        13,
        """SELECT (pg_identify_object('pg_conversion'::regclass, oid, 0)).identity,
        row(conowner::regrole, conforencoding, contoencoding, conproc, condefault)::text
        FROM pg_conversion c WHERE {new c}""",
    ),
    (
        "pg_language",
        13,
        """SELECT lanname, row(lanowner::regrole, lanispl, lanpltrusted,
        nullif(lanplcallfoid, 0)::regproc, nullif(laninline, 0)::regproc,
        nullif(lanvalidator, 0)::regproc, lanacl)::text FROM pg_language""",
    ),
    (
        "pg_transform",
        13,
        """SELECT (pg_identify_object('pg_transform'::regclass, oid, 0)).identity,
        row(trffromsql, trftosql)::text FROM pg_transform""",
    ),
    (
        "pg_ts_config",
        13,
        """SELECT oid::regconfig::text, row(cfgowner::regrole,
        (pg_identify_object('pg_ts_parser'::regclass, cfgparser, 0)).identity)::text
        FROM pg_ts_config c WHERE {new c}""",
    ),
    (
        "pg_ts_config_map",
        13,
        """SELECT concat_ws(' ', mapcfg::regconfig, maptokentype, mapseqno),
        mapdict::regdictionary::text FROM pg_ts_config_map c
        WHERE mapcfg IN (SELECT c.oid FROM pg_ts_config c WHERE {new c}) OR mapcfg >= 16384""",
    ),
    (
        "pg_ts_dict",
        13,
        """SELECT oid::regdictionary::text, row(dictowner::regrole, dictinitoption,
        (pg_identify_object('pg_ts_template'::regclass, dicttemplate, 0)).identity)::text
        FROM pg_ts_dict c WHERE {new c}""",
    ),
    (
        "pg_ts_parser",
        13,
        """SELECT (pg_identify_object('pg_ts_parser'::regclass, oid, 0)).identity,
        row(prsstart, prstoken, prsend, prsheadline, prslextype)::text
        FROM pg_ts_parser c WHERE {new c}""",
    ),
    (
        "pg_ts_template",
        13,
        """SELECT (pg_identify_object('pg_ts_template'::regclass, oid, 0)).identity,
        row(tmplinit, tmpllexize)::text FROM pg_ts_template c WHERE {new c}""",
    ),
    (
        "pg_sequence",
        13,
        """SELECT seqrelid::regclass::text, row(seqtypid::regtype, seqstart, seqincrement, seqmin,
        seqmax, seqcache, seqcycle)::text FROM pg_sequence""",
    ),
    (
        # Only what a user says: OWNED BY, membership in an extension, DEPENDS ON EXTENSION.
        "pg_depend",
        13,
        """SELECT o.type || ' ' || o.identity, c.deptype::text || ' ' || r.identity
        FROM pg_depend c, pg_identify_object(c.classid, c.objid, c.objsubid) o,
        pg_identify_object(c.refclassid, c.refobjid, c.refobjsubid) r
        WHERE c.objid >= 16384 AND (c.deptype IN ('e', 'x') OR c.deptype IN ('a', 'i')
        AND c.refobjsubid > 0 AND c.classid = 'pg_class'::regclass
        AND c.objid IN (SELECT seqrelid FROM pg_sequence))""",
    ),
    (
        # The number of a large object is all the name it has.
        "pg_largeobject_metadata",
        13,
        "SELECT oid::text, row(lomowner::regrole, lomacl)::text FROM pg_largeobject_metadata",
    ),
    (
        # A password's hash is salted: only its kind can be compared.
        "pg_authid",
        13,
        """SELECT rolname, (to_jsonb(c) - 'oid' - 'rolpassword')::text
        || coalesce(left(rolpassword, 3), '') FROM pg_authid c WHERE {new c}""",
    ),
    (
        "pg_auth_members",
        13,
        """SELECT format('%s in %s', c.member::regrole, c.roleid::regrole),
        row(c.grantor::regrole, {member_options})::text FROM pg_auth_members c
        WHERE c.member >= 16384 OR c.roleid >= 16384""",
    ),
    (
        "pg_db_role_setting",
        13,
        """SELECT concat_ws(' ', (SELECT CASE WHEN datname = current_database() THEN '(current)'
        ELSE datname END FROM pg_database d WHERE d.oid = c.setdatabase),
        nullif(c.setrole, 0)::regrole), c.setconfig::text FROM pg_db_role_setting c""",
    ),
    (
        "pg_database",
        13,
        """SELECT CASE WHEN datname = current_database() THEN '(current)' ELSE datname END,
        row(datdba::regrole, datistemplate, datallowconn, datconnlimit, datacl,
        (SELECT spcname FROM pg_tablespace s WHERE s.oid = dattablespace))::text
        FROM pg_database WHERE datname = current_database() OR datname !~ '^idemlint_[0-9]+$'""",
    ),
    (
        "pg_tablespace",
        13,
        """SELECT spcname, row(spcowner::regrole, spcacl, spcoptions)::text
        FROM pg_tablespace""",
    ),
    (
        "pg_parameter_acl",
        15,
        "SELECT parname, paracl::text FROM pg_parameter_acl",
    ),
    (
        "pg_replication_origin",
        13,
        "SELECT roname, '' FROM pg_replication_origin",
    ),
    (
        "pg_replication_slots",
        13,
        "SELECT slot_name, row(plugin, slot_type, temporary)::text FROM pg_replication_slots",
    ),
    (
        "pg_prepared_xacts",
        13,
        """SELECT gid, owner::text FROM pg_prepared_xacts
        WHERE database = current_database()""",
    ),
    (
        "pg_file_settings",
        13,
        """SELECT name, setting FROM pg_file_settings
        WHERE sourcefile LIKE '%postgresql.auto.conf'""",
    ),
)
