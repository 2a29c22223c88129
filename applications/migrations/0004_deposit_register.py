"""The register of deposits. Its chains, its entries and its days refuse UPDATE and DELETE in the database itself."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ("depositregister", "depositentry", "registerday")
SQLITE = (
    "CREATE TRIGGER {table}_no_{op} BEFORE {op} ON applications_{table} "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
)
FUNCTION = """
CREATE FUNCTION register_append_only() RETURNS trigger AS
$$ BEGIN RAISE EXCEPTION 'append-only' USING ERRCODE = '23514'; END $$ LANGUAGE plpgsql;
"""
POSTGRES = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON applications_{table}
FOR EACH ROW EXECUTE FUNCTION register_append_only();
"""


def create_triggers(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    if not sqlite:
        schema_editor.execute(FUNCTION)
    for table in TABLES:
        for op in ("UPDATE", "DELETE") if sqlite else ("",):
            schema_editor.execute((SQLITE if sqlite else POSTGRES).format(table=table, op=op))


def drop_triggers(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table in TABLES:
        for op in ("UPDATE", "DELETE") if sqlite else ("",):
            name = f"DROP TRIGGER {table}_no_{op}" if sqlite else f"DROP TRIGGER {table}_append_only ON applications_{table}"
            schema_editor.execute(name)
    if not sqlite:
        schema_editor.execute("DROP FUNCTION register_append_only()")


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0003_past_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisterDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='jour')),
                ('heads', models.JSONField(verbose_name='têtes')),
                ('previous_sha256', models.CharField(max_length=64, verbose_name='empreinte précédente')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
            ],
            options={
                'verbose_name': 'tête quotidienne',
                'verbose_name_plural': 'têtes quotidiennes',
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='RegisterHead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('open_day', models.DateField(verbose_name='premier jour ouvert')),
            ],
        ),
        migrations.CreateModel(
            name='DepositRegister',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('seed', models.CharField(max_length=64, verbose_name='germe')),
                ('opened_on', models.DateField(verbose_name='ouvert le')),
                ('call', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='register', to='applications.call')),
            ],
            options={
                'verbose_name': 'registre des dépôts',
                'verbose_name_plural': 'registres des dépôts',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='DepositEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='numéro')),
                ('day', models.DateField(verbose_name='jour')),
                ('submitted_at', models.DateTimeField(verbose_name='déposé le')),
                ('ref_sha256', models.CharField(max_length=64, verbose_name='empreinte de la référence')),
                ('version_sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte du dossier')),
                ('receipt_sha256', models.CharField(db_index=True, max_length=64, verbose_name='empreinte de l’accusé de réception')),
                ('previous_sha256', models.CharField(max_length=64, verbose_name='empreinte précédente')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='empreinte')),
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='entry', to='applications.dossierversion')),
                ('register', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='applications.depositregister')),
            ],
            options={
                'verbose_name': 'inscription au registre',
                'verbose_name_plural': 'inscriptions au registre',
                'ordering': ['register', 'number'],
                'constraints': [models.UniqueConstraint(fields=('register', 'number'), name='deposit_entry_number'), models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='deposit_entry_counts_from_one')],
            },
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
