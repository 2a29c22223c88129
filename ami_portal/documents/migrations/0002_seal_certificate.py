"""The certificates of the seal: listed for good, so UPDATE and DELETE are refused in the database itself."""

from django.db import migrations, models

SQLITE = (
    "CREATE TRIGGER seal_certificate_no_{op} BEFORE {op} ON documents_sealcertificate "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)
POSTGRES = """
CREATE FUNCTION seal_certificate_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
CREATE TRIGGER seal_certificate_append_only BEFORE UPDATE OR DELETE ON documents_sealcertificate
FOR EACH ROW EXECUTE FUNCTION seal_certificate_append_only();
"""
DROP = """
DROP TRIGGER seal_certificate_append_only ON documents_sealcertificate;
DROP FUNCTION seal_certificate_append_only();
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
            schema_editor.execute(f"DROP TRIGGER seal_certificate_no_{op}")
    else:
        schema_editor.execute(DROP)


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SealCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte SHA-256')),
                ('pem', models.TextField(verbose_name='certificat')),
                ('since', models.DateTimeField(verbose_name='employé depuis le')),
            ],
            options={
                'verbose_name': 'certificat du sceau',
                'verbose_name_plural': 'certificats du sceau',
                'ordering': ['pk'],
            },
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
