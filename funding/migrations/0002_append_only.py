"""The ledger refuses UPDATE and DELETE in the database itself, on both engines."""

from django.db import migrations

SQLITE = (
    "CREATE TRIGGER ledger_no_{op} BEFORE {op} ON funding_ledgerentry BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)
POSTGRES = """
CREATE FUNCTION ledger_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON funding_ledgerentry
FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
"""


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for op in ("UPDATE", "DELETE"):
            schema_editor.execute(SQLITE.format(op=op))
    else:
        schema_editor.execute(POSTGRES)


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for op in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER ledger_no_{op}")
    else:
        schema_editor.execute(
            "DROP TRIGGER ledger_append_only ON funding_ledgerentry; DROP FUNCTION ledger_append_only()"
        )


class Migration(migrations.Migration):
    dependencies = [("funding", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
