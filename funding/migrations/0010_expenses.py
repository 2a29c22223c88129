"""What a laureate spent, what was decided of it, and what it must give back."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from . import _ledger_laws_1 as laws


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0003_examination'),
        ('funding', '0009_parties'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(laws.drop, laws.create),
        migrations.CreateModel(
            name='ExpenseClaim',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='n°')),
                ('state', models.CharField(choices=[('draft', 'En préparation'), ('submitted', 'À examiner'), ('returned', 'À corriger'), ('accepted', 'Accepté')], default='draft', editable=False, max_length=20, verbose_name='état')),
                ('started_at', models.DateTimeField(verbose_name='commencé le')),
                ('submitted_at', models.DateTimeField(null=True, verbose_name='envoyé le')),
                ('returned_reason', models.TextField(blank=True, verbose_name='à corriger')),
                ('accepted_at', models.DateTimeField(null=True, verbose_name='accepté le')),
            ],
            options={
                'verbose_name': 'état de dépenses',
                'verbose_name_plural': 'états de dépenses',
                'ordering': ['convention', 'number'],
            },
        ),
        migrations.CreateModel(
            name='ExpenseFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent_at', models.DateTimeField(verbose_name='envoyé le')),
                ('read_at', models.DateTimeField(null=True, verbose_name='lu le')),
                ('added', models.PositiveIntegerField(default=0, verbose_name='lignes ajoutées')),
                ('problems', models.JSONField(default=list, verbose_name='erreurs')),
            ],
            options={
                'verbose_name': 'tableau de dépenses',
                'verbose_name_plural': 'tableaux de dépenses',
                'ordering': ['claim', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ExpenseLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='n°')),
                ('category', models.CharField(max_length=60, verbose_name='catégorie')),
                ('label', models.CharField(max_length=200, verbose_name='intitulé')),
                ('supplier', models.CharField(max_length=200, verbose_name='fournisseur')),
                ('invoiced_on', models.DateField(verbose_name='facture du')),
                ('paid_on', models.DateField(verbose_name='payée le')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='montant (€)')),
                ('verdict', models.CharField(choices=[('pending', 'À examiner'), ('accepted', 'Acceptée'), ('reduced', 'Réduite'), ('refused', 'Refusée')], default='pending', editable=False, max_length=20, verbose_name='décision')),
                ('accepted_amount', models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name='montant accepté (€)')),
                ('reason', models.TextField(blank=True, verbose_name='motif')),
            ],
            options={
                'verbose_name': 'dépense',
                'ordering': ['claim', 'number'],
            },
        ),
        migrations.CreateModel(
            name='RecoveryOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='n°')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='montant (€)')),
                ('reason', models.TextField(verbose_name='motif')),
                ('state', models.CharField(choices=[('issued', 'À reverser'), ('repaid', 'Reversé')], default='issued', editable=False, max_length=20, verbose_name='état')),
                ('issued_at', models.DateTimeField(verbose_name='émis le')),
                ('recorded_at', models.DateTimeField(null=True, verbose_name='reversement enregistré le')),
                ('repaid_on', models.DateField(null=True, verbose_name='reversé le')),
                ('repayment_reference', models.CharField(blank=True, max_length=100, verbose_name='référence du reversement')),
            ],
            options={
                'verbose_name': 'ordre de reversement',
                'verbose_name_plural': 'ordres de reversement',
                'ordering': ['convention', 'number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='instalment',
            name='instalment_retention_within_gross',
        ),
        migrations.AddField(
            model_name='instalment',
            name='basis',
            field=models.CharField(choices=[('share', 'Part de l’aide'), ('claim', 'Dépenses de son état'), ('balance', 'Solde des dépenses acceptées'), ('retention', 'Libération de la retenue')], default='share', editable=False, max_length=20, verbose_name='calcul'),
        ),
        migrations.AlterField(
            model_name='instalment',
            name='state',
            field=models.CharField(choices=[('planned', 'Prévu'), ('certified', 'Service fait constaté'), ('paid', 'Payé'), ('settled', 'Soldé sans paiement')], default='planned', editable=False, max_length=20, verbose_name='état'),
        ),
        migrations.AddConstraint(
            model_name='instalment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gross__gt', 0), ('retention__gte', 0), ('retention__lt', models.F('gross'))), models.Q(('basis__in', ['claim', 'balance']), ('gross', 0), ('retention', 0)), models.Q(('basis', 'retention'), ('gross', 0), ('retention__lt', 0)), _connector='OR'), name='instalment_retention_within_gross'),
        ),
        migrations.AddField(
            model_name='expenseclaim',
            name='accepted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expenseclaim',
            name='convention',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='claims', to='funding.convention'),
        ),
        migrations.AddField(
            model_name='expenseclaim',
            name='instalment',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='claim', to='funding.instalment'),
        ),
        migrations.AddField(
            model_name='expenseclaim',
            name='submitted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expensefile',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='files', to='funding.expenseclaim'),
        ),
        migrations.AddField(
            model_name='expensefile',
            name='document',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
        ),
        migrations.AddField(
            model_name='expensefile',
            name='sent_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='expenseline',
            name='claim',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='funding.expenseclaim'),
        ),
        migrations.AddField(
            model_name='expenseline',
            name='document',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document'),
        ),
        migrations.AddField(
            model_name='recoveryorder',
            name='convention',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='orders', to='funding.convention'),
        ),
        migrations.AddField(
            model_name='recoveryorder',
            name='issued_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='expenseclaim',
            index=models.Index(fields=['state', 'submitted_at'], name='claim_queue'),
        ),
        migrations.AddConstraint(
            model_name='expenseclaim',
            constraint=models.UniqueConstraint(fields=('convention', 'number'), name='claim_number'),
        ),
        migrations.AddConstraint(
            model_name='expenseclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'draft'), ('submitted_at', None), ('submitted_by', None)), models.Q(models.Q(('state', 'draft'), _negated=True), ('submitted_at__isnull', False), ('submitted_by__isnull', False)), _connector='OR'), name='claim_submitted_iff_dated'),
        ),
        migrations.AddConstraint(
            model_name='expenseclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False), ('state', 'accepted')), models.Q(models.Q(('state', 'accepted'), _negated=True), ('accepted_at', None), ('accepted_by', None)), _connector='OR'), name='claim_accepted_iff_dated'),
        ),
        migrations.AddConstraint(
            model_name='expenseclaim',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'returned'), _negated=True), models.Q(('returned_reason', ''), _negated=True), _connector='OR'), name='claim_returned_with_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='expenseline',
            constraint=models.UniqueConstraint(fields=('claim', 'number'), name='expense_number'),
        ),
        migrations.AddConstraint(
            model_name='expenseline',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='expense_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='expenseline',
            constraint=models.CheckConstraint(condition=models.Q(('paid_on__gte', models.F('invoiced_on'))), name='expense_paid_after_its_invoice'),
        ),
        migrations.AddConstraint(
            model_name='expenseline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_amount', None), ('reason', ''), ('verdict', 'pending')), models.Q(('accepted_amount', models.F('amount')), ('reason', ''), ('verdict', 'accepted')), models.Q(('accepted_amount__gt', 0), ('accepted_amount__lt', models.F('amount')), ('verdict', 'reduced'), models.Q(('reason', ''), _negated=True)), models.Q(('accepted_amount', 0), ('verdict', 'refused'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='expense_accepted_as_decided'),
        ),
        migrations.AddConstraint(
            model_name='recoveryorder',
            constraint=models.UniqueConstraint(fields=('convention', 'number'), name='order_number'),
        ),
        migrations.AddConstraint(
            model_name='recoveryorder',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='order_amount_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='recoveryorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recorded_at__isnull', False), ('repaid_on__isnull', False), ('state', 'repaid'), models.Q(('repayment_reference', ''), _negated=True)), models.Q(('recorded_at', None), ('repaid_on', None), ('repayment_reference', ''), ('state', 'issued')), _connector='OR'), name='order_repaid_iff_dated'),
        ),
        migrations.RunPython(laws.create, laws.drop),
    ]
