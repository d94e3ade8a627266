"""What two persons, a pattern's reviewer and people's talk leave in the ledger, and the settings of their work."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from ledger.triggers import GuardAppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_rationale'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('approves', models.BooleanField()),
                ('reason', models.TextField(blank=True)),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'approval',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('idempotency_key', models.UUIDField(unique=True)),
                ('written_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'comment',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='DisagreementCause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('ambiguous', 'the sentence can be read both ways'), ('no_outcome', 'the sentence states no outcome'), ('guideline', 'the guideline does not cover it'), ('pharmacology', 'pharmacology was read into the sentence'), ('mentions', 'the marked mentions or their direction are wrong'), ('slip', 'a slip of the hand'), ('other', 'another cause, see the comment')], max_length=12)),
            ],
            options={
                'verbose_name': 'cause of a disagreement',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PatternDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('decision', 'decided'), ('withdrawal', 'withdrawn'), ('reopened', 'reopened by a spot check')], max_length=10)),
                ('comment', models.TextField(blank=True)),
                ('sample', models.JSONField(help_text='Ids of the statements that were shown, in their order.')),
                ('n_statements', models.PositiveIntegerField(help_text='How many statements the decision speaks for.')),
                ('idempotency_key', models.UUIDField(unique=True)),
                ('decided_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'pattern decision',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='PatternEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'pattern evidence',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.CharField(choices=[('promote', 'promotion'), ('roll_back', 'roll-back'), ('export', 'export'), ('lift_rule', 'end of the two-person rule')], max_length=9)),
                ('parameters', models.JSONField(help_text='Of an export: its form, filters and moment.')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'proposal',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='SpotCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'verbose_name': 'spot check',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.RemoveConstraint(
            model_name='task',
            name='task_shares_lie_between_0_and_1',
        ),
        migrations.AddField(
            model_name='task',
            name='blind',
            field=models.BooleanField(default=False, help_text="Whether the model's answer stays hidden until a person has given their own."),
        ),
        migrations.AddField(
            model_name='task',
            name='pattern_weight',
            field=models.FloatField(default=0.5, help_text='What a gold label from a decision about its whole pattern weighs in training; others weigh 1.', validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)]),
        ),
        migrations.AddField(
            model_name='task',
            name='spot_check_share',
            field=models.FloatField(default=0.02, help_text="Share of a decided pattern's statements that another person answers.", validators=[django.core.validators.MinValueValidator(0.0), django.core.validators.MaxValueValidator(1.0)]),
        ),
        migrations.AddField(
            model_name='task',
            name='spot_checks_at_least',
            field=models.PositiveSmallIntegerField(default=5, help_text='The fewest statements of a decided pattern that another person answers.'),
        ),
        migrations.AddField(
            model_name='task',
            name='two_person_rule',
            field=models.BooleanField(default=False, help_text="Whether promotions and exports need a second person's approval."),
        ),
        migrations.AlterField(
            model_name='chainlink',
            name='kind',
            field=models.CharField(choices=[('run_root', 'run root'), ('decision', 'decision'), ('gold', 'gold label'), ('model_version', 'model version'), ('training_set', 'training set'), ('evaluation', 'evaluation'), ('promotion', 'promotion'), ('pattern', 'pattern decision'), ('comment', 'comment'), ('proposal', 'proposal'), ('approval', 'approval'), ('cause', 'cause of a disagreement')], max_length=13),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('audit_share__range', (0, 1)), ('doubt_threshold__range', (0, 1)), ('pattern_weight__range', (0, 1)), ('pseudo_label_threshold__range', (0, 1)), ('second_opinion_share__range', (0, 1)), ('spot_check_share__range', (0, 1))), name='task_shares_lie_between_0_and_1'),
        ),
        migrations.AddField(
            model_name='approval',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='answers',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='ledger.comment'),
        ),
        migrations.AddField(
            model_name='comment',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='comment',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='ledger.statement'),
        ),
        migrations.AddField(
            model_name='comment',
            name='task',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='ledger.task'),
        ),
        migrations.AddField(
            model_name='disagreementcause',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='cause', to='ledger.decision'),
        ),
        migrations.AddField(
            model_name='patterndecision',
            name='label',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.label'),
        ),
        migrations.AddField(
            model_name='patterndecision',
            name='pattern',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pattern_decisions', to='ledger.pattern'),
        ),
        migrations.AddField(
            model_name='patterndecision',
            name='replaces',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='ledger.patterndecision'),
        ),
        migrations.AddField(
            model_name='patterndecision',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pattern_decisions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='patterndecision',
            name='task',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pattern_decisions', to='ledger.task'),
        ),
        migrations.AddField(
            model_name='patternevidence',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence_for', to='ledger.patterndecision'),
        ),
        migrations.AddField(
            model_name='patternevidence',
            name='gold',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='pattern_evidence', to='ledger.goldlabel'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='model_version',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='ledger.modelversion'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='task',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='ledger.task'),
        ),
        migrations.AddField(
            model_name='approval',
            name='proposal',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='approval', to='ledger.proposal'),
        ),
        migrations.AddField(
            model_name='spotcheck',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spot_checks', to='ledger.patterndecision'),
        ),
        migrations.AddField(
            model_name='spotcheck',
            name='statement',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='spot_checks', to='ledger.statement'),
        ),
        migrations.AddConstraint(
            model_name='patterndecision',
            constraint=models.UniqueConstraint(condition=models.Q(('replaces__isnull', True)), fields=('task', 'pattern'), name='one_first_decision_per_task_and_pattern'),
        ),
        migrations.AddConstraint(
            model_name='patterndecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act', 'decision'), ('label__isnull', False)), models.Q(models.Q(('act', 'decision'), _negated=True), ('label__isnull', True), ('replaces__isnull', False)), _connector='OR'), name='a_decided_pattern_has_a_label_and_others_none'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('promote', 'roll_back')), ('model_version__isnull', False)), models.Q(('act__in', ('export', 'lift_rule')), ('model_version__isnull', True)), _connector='OR'), name='a_proposed_move_names_its_model_and_others_none'),
        ),
        migrations.AddConstraint(
            model_name='spotcheck',
            constraint=models.UniqueConstraint(fields=('decision', 'statement'), name='one_spot_check_per_decision_and_statement'),
        ),
        *(
            GuardAppendOnly(f"ledger_{table}")
            for table in (
                "approval",
                "comment",
                "disagreementcause",
                "patterndecision",
                "patternevidence",
                "proposal",
                "spotcheck",
            )
        ),
    ]
