"""The laws of the ledger as triggers, in both engines; whatever breaks one is refused as an IntegrityError.

1. Nothing is entered before the signature of the convention; a signature with entries stays.
2. No balance goes below zero: committed, retained, paid, owed. So nothing is paid above the grant.
3. What the ledger grants is at most the amount of the convention, whichever of the two moves.
4. An entry about a line is about a line of its own convention; a line is paid and retained at most what it says.
5. Whoever certified the service of a line does not enter its payment, and nothing is paid that nobody certified.
6. A correction is the exact opposite of one entry, which is not a correction.
7. Amounts have two decimals (SQLite; PostgreSQL's own type keeps it). Nothing is changed or deleted.

On PostgreSQL the convention's row is locked before its sums are read, so two sessions cannot both be right. SQLite has
one writer. SQLite remakes a table to alter it, and refuses to while a trigger names it: a migration that alters the
convention, the instalment or the ledger starts with `RunPython(drop, create)` and ends with `RunPython(create, drop)`.
"""

_CENTS = "CAST(ROUND({0} * 100) AS INTEGER)"
_BALANCE = (
    "(SELECT COALESCE(SUM(CASE WHEN e.debit = {account} THEN {cents} ELSE 0 END), 0) - "
    "COALESCE(SUM(CASE WHEN e.credit = {account} THEN {cents} ELSE 0 END), 0) "
    "FROM funding_ledgerentry e WHERE e.{of})"
)
_OF_CONVENTION = "convention_id = NEW.convention_id"
_OF_LINE = "instalment_id = NEW.instalment_id"


def _balance(account, of=_OF_CONVENTION):
    return _BALANCE.format(account=account, of=of, cents=_CENTS.format("e.amount"))


_AMOUNT = _CENTS.format("NEW.amount")
_CONVENTION = "(SELECT {0} FROM funding_convention c WHERE c.id = NEW.convention_id)"
_LINE = "(SELECT {0} FROM funding_instalment i WHERE i.id = NEW.instalment_id)"
_NET, _HELD = _CENTS.format("(i.gross - i.retention)"), _CENTS.format("i.retention")
_OPPOSITE = (
    "SELECT 1 FROM funding_ledgerentry o WHERE o.id = NEW.corrects_id AND o.kind <> 'correction' "
    "AND o.convention_id = NEW.convention_id AND o.amount = NEW.amount AND o.debit = NEW.credit "
    "AND o.credit = NEW.debit AND COALESCE(o.instalment_id, 0) = COALESCE(NEW.instalment_id, 0)"
)
LAWS = {
    "signed": "NOT EXISTS (SELECT 1 FROM funding_convention c WHERE c.id = NEW.convention_id "
    "AND c.signed_on IS NOT NULL)",
    "balance": f"NEW.credit <> 'grant' AND {_balance('NEW.credit')} < {_AMOUNT}",
    "granted": f"NEW.credit = 'grant' AND {_AMOUNT} - {_balance(chr(39) + 'grant' + chr(39))} > "
    + _CONVENTION.format(_CENTS.format("c.amount")),
    "line": f"NEW.instalment_id IS NOT NULL AND {_LINE.format('i.convention_id')} <> NEW.convention_id",
    "paid": f"NEW.instalment_id IS NOT NULL AND NEW.debit = 'paid' AND "
    f"{_balance('NEW.debit', _OF_LINE)} + {_AMOUNT} > {_LINE.format(_NET)}",
    "retained": f"NEW.instalment_id IS NOT NULL AND NEW.debit = 'retained' AND "
    f"{_balance('NEW.debit', _OF_LINE)} + {_AMOUNT} > {_LINE.format(_HELD)}",
    "people": "NEW.kind = 'payment' AND NOT EXISTS (SELECT 1 FROM funding_instalment i WHERE i.id = NEW.instalment_id "
    "AND i.certified_by_id IS NOT NULL AND i.certified_by_id <> NEW.actor_id)",
    "opposite": f"NEW.kind = 'correction' AND NOT EXISTS ({_OPPOSITE})",
}
"""What is refused of an entry, by the name of its law."""

_GRANT_OF_ROW = (
    "(SELECT COALESCE(SUM(CASE WHEN e.credit = 'grant' THEN {0} ELSE 0 END), 0) - "
    "COALESCE(SUM(CASE WHEN e.debit = 'grant' THEN {0} ELSE 0 END), 0) "
    "FROM funding_ledgerentry e WHERE e.convention_id = NEW.id)"
).format(_CENTS.format("e.amount"))
_HAS_ENTRIES = "EXISTS (SELECT 1 FROM funding_ledgerentry e WHERE e.{0} = NEW.id)"
ROWS = {
    "convention": f"{_GRANT_OF_ROW} > {_AMOUNT} OR (NEW.signed_on IS NULL AND {_HAS_ENTRIES.format('convention_id')})",
    "instalment": "(NEW.gross <> OLD.gross OR NEW.retention <> OLD.retention OR NEW.convention_id <> OLD.convention_id)"
    f" AND {_balance(chr(39) + 'committed' + chr(39), 'instalment_id = NEW.id')} <> 0",
}
"""What is refused of a row that the ledger stands on, by its table."""

_TWO_DECIMALS = "ABS(NEW.amount * 100 - ROUND(NEW.amount * 100)) > 0.000001"
_SQLITE = (
    "CREATE TRIGGER ledger_law_{name} BEFORE {event} ON {table} WHEN {broken} BEGIN SELECT RAISE(ABORT, '{said}'); END"
)
_CHECK = "IF {broken} THEN RAISE EXCEPTION '{said}' USING ERRCODE = '23514'; END IF;"
_POSTGRES = """
CREATE FUNCTION ledger_laws() RETURNS trigger AS $$ BEGIN
PERFORM 1 FROM funding_convention c WHERE c.id = NEW.convention_id FOR UPDATE;
{entry} RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_laws BEFORE INSERT ON funding_ledgerentry FOR EACH ROW EXECUTE FUNCTION ledger_laws();
CREATE FUNCTION ledger_law_convention() RETURNS trigger AS $$ BEGIN {convention} RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_law_convention BEFORE UPDATE ON funding_convention
FOR EACH ROW EXECUTE FUNCTION ledger_law_convention();
CREATE FUNCTION ledger_law_instalment() RETURNS trigger AS $$ BEGIN {instalment} RETURN NEW; END $$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_law_instalment BEFORE UPDATE ON funding_instalment
FOR EACH ROW EXECUTE FUNCTION ledger_law_instalment();
"""
_APPEND_ONLY = """
CREATE FUNCTION ledger_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON funding_ledgerentry
FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
"""
_FUNCTIONS = {
    "ledger_laws": "funding_ledgerentry",
    "ledger_law_convention": "funding_convention",
    "ledger_law_instalment": "funding_instalment",
    "ledger_append_only": "funding_ledgerentry",
}


def append_only(apps, schema_editor):
    """What the ledger was before its laws: nothing changed, nothing deleted."""
    if schema_editor.connection.vendor == "sqlite":
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER ledger_no_{event} BEFORE {event} ON funding_ledgerentry "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
    else:
        schema_editor.execute(_APPEND_ONLY)


def create(apps, schema_editor):
    """Make every law binding."""
    append_only(apps, schema_editor)
    if schema_editor.connection.vendor == "sqlite":
        for name, broken in {**LAWS, "cents": _TWO_DECIMALS}.items():
            words = {"name": name, "event": "INSERT", "table": "funding_ledgerentry", "broken": broken}
            schema_editor.execute(_SQLITE.format(**words, said=f"ledger law: {name}"))
        for name, broken in ROWS.items():
            words = {"name": name, "event": "UPDATE", "table": f"funding_{name}", "broken": broken}
            schema_editor.execute(_SQLITE.format(**words, said=f"ledger law: {name}"))
        return
    said = {name: _CHECK.format(broken=broken, said=f"ledger law: {name}") for name, broken in {**LAWS, **ROWS}.items()}
    entry = "\n".join(said[name] for name in LAWS)
    rows = {name: said[name] for name in ROWS}
    schema_editor.execute(_POSTGRES.format(entry=entry, **rows))


def drop(apps, schema_editor):
    """Set every law aside, for the time of a migration."""
    if schema_editor.connection.vendor == "sqlite":
        names = [*(f"ledger_law_{name}" for name in (*LAWS, "cents", *ROWS)), "ledger_no_UPDATE", "ledger_no_DELETE"]
        for name in names:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")
        return
    for function, table in _FUNCTIONS.items():
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {function} ON {table}; DROP FUNCTION IF EXISTS {function}()")
