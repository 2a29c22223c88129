"""The journal refuses UPDATE and DELETE in the database itself, on both engines."""

from django.db import migrations

SQLITE = "CREATE TRIGGER audit_no_{op} BEFORE {op} ON audit_auditevent BEGIN SELECT RAISE(ABORT, 'append-only'); END"
POSTGRES = """
CREATE FUNCTION audit_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditevent
FOR EACH ROW EXECUTE FUNCTION audit_append_only();
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
            schema_editor.execute(f"DROP TRIGGER audit_no_{op}")
    else:
        schema_editor.execute("DROP TRIGGER audit_append_only ON audit_auditevent; DROP FUNCTION audit_append_only()")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
