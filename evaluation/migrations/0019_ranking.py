import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('evaluation', '0018_charters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='session',
            name='envelope',
            field=models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name='enveloppe (€)'),
        ),
        migrations.AddField(
            model_name='session',
            name='envelope_reason',
            field=models.TextField(blank=True, default='', verbose_name='motif de l’enveloppe'),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name='session',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('envelope', None), ('envelope_reason', '')), models.Q(('envelope__gte', 0), models.Q(('envelope_reason', ''), _negated=True)), _connector='OR'), name='session_envelope_iff_reason'),
        ),
        migrations.CreateModel(
            name='Ranking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('asked_at', models.DateTimeField(verbose_name='demandé le')),
                ('computed_at', models.DateTimeField(null=True, verbose_name='calculé le')),
                ('seen', models.CharField(blank=True, max_length=200, verbose_name='calculé d’après')),
                ('content', models.JSONField(default=dict, verbose_name='classement')),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='ranking', to='evaluation.session', verbose_name='session')),
            ],
            options={
                'verbose_name': 'classement',
                'verbose_name_plural': 'classements',
                'ordering': ['session'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('computed_at', None), ('seen', '')), models.Q(('computed_at__isnull', False), models.Q(('seen', ''), _negated=True)), _connector='OR'), name='ranking_computed_iff_seen')],
            },
        ),
    ]
