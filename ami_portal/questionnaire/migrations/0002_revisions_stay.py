"""A published form refuses UPDATE and DELETE in the database itself, on both engines: an edit makes a revision."""

from django.db import migrations

TABLE = "questionnaire_formrevision"
SQLITE = "CREATE TRIGGER form_revision_no_{op} BEFORE {op} ON {table} BEGIN SELECT RAISE(ABORT, 'immutable'); END"
POSTGRES = """
CREATE FUNCTION form_revision_stays() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'immutable' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER form_revision_stays BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION form_revision_stays();
"""


def create_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for op in ("UPDATE", "DELETE"):
            schema_editor.execute(SQLITE.format(op=op, table=TABLE))
    else:
        schema_editor.execute(POSTGRES.format(table=TABLE))


def drop_triggers(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for op in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER form_revision_no_{op}")
    else:
        schema_editor.execute(f"DROP TRIGGER form_revision_stays ON {TABLE}; DROP FUNCTION form_revision_stays()")


class Migration(migrations.Migration):
    dependencies = [("questionnaire", "0001_initial")]
    operations = [migrations.RunPython(create_triggers, drop_triggers)]
