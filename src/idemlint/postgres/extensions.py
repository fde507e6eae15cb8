"""What well-known extensions bring that tables, views and indexes are made of: an extension cannot be dropped
under them (each extension's own page under https://www.postgresql.org/docs/current/contrib.html; PostGIS and
pgvector: their manuals)."""

from __future__ import annotations

from typing import Final

from idemlint.postgres.kinds import Space

_TYPES: Final = {
    "citext": "citext",
    "cube": "cube",
    "hstore": "hstore",
    "isn": "ean13 isbn isbn13 ismn ismn13 issn issn13 upc",
    "lo": "lo",
    "ltree": "lquery ltree ltxtquery",
    "postgis": "box2d box3d geography geometry",
    "seg": "seg",
    "vector": "halfvec sparsevec vector",
}
_FUNCTIONS: Final = {
    "dblink": "dblink dblink_connect dblink_exec",
    "earthdistance": "earth_box earth_distance ll_to_earth",
    "fuzzystrmatch": "daitch_mokotoff difference dmetaphone levenshtein metaphone soundex",
    "pg_trgm": "similarity show_trgm strict_word_similarity word_similarity",
    "pgcrypto": "armor crypt dearmor digest gen_random_bytes gen_salt hmac pgp_pub_decrypt pgp_pub_encrypt"
    " pgp_sym_decrypt pgp_sym_encrypt",
    "postgis": "st_area st_astext st_contains st_distance st_dwithin st_geomfromtext st_intersects"
    " st_makepoint st_point st_setsrid st_transform st_within st_x st_y",
    "tablefunc": "crosstab",
    "unaccent": "unaccent",
    "uuid-ossp": "uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5"
    " uuid_nil",
}
_OPERATOR_CLASSES: Final = {
    "intarray": "gin__int_ops gist__int_ops gist__intbig_ops",
    "ltree": "gist_ltree_ops",
    "pg_trgm": "gin_trgm_ops gist_trgm_ops",
    "vector": "halfvec_cosine_ops halfvec_ip_ops halfvec_l2_ops vector_cosine_ops vector_ip_ops"
    " vector_l1_ops vector_l2_ops",
}
_BRINGS: Final = {
    Space.TYPE: _TYPES,
    Space.ROUTINE: _FUNCTIONS,
    Space.OPERATOR_CLASS: _OPERATOR_CLASSES,
}
_HOMES: Final = {
    (space, name): extension
    for space, brought in _BRINGS.items()
    for extension, names in brought.items()
    for name in names.split()
}


def extension_of(space: Space, name: str) -> str | None:
    """The extension that a type, a function or an operator class comes with."""
    return _HOMES.get((space, name))


def brought_by(extension: str) -> list[tuple[Space, str]]:
    """What comes with an extension."""
    return [each for each, home in _HOMES.items() if home == extension]
