"""Items that people ask for, saved searches and preferences."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0006_workbench'),
        ('review', '0001_review'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='reviewitem',
            name='assigned_to',
            field=models.ForeignKey(help_text="The only person whose queue it is in; everybody's where there is none.", null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned_items', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='reviewitem',
            name='build',
            field=models.ForeignKey(help_text='The queue building that put it here; none where a person or a spot check did.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='review_items', to='ledger.run'),
        ),
        migrations.AlterField(
            model_name='reviewitem',
            name='main_reason',
            field=models.CharField(choices=[('low_confidence', 'low confidence'), ('atc_contradiction', 'ATC contradiction'), ('flip', 'changed its mind'), ('suspect_gold', 'disputes a gold label'), ('audit', 'random audit'), ('spot_check', 'spot check of a pattern'), ('models_differ', 'two models differ'), ('requested', 'asked for by the lead')], max_length=20),
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('single_keys', models.BooleanField(default=True, help_text='Whether single keys act (WCAG 2.1.4).')),
                ('language', models.CharField(blank=True, help_text='Empty: as the browser asks.', max_length=10)),
                ('shown_around_at', models.DateTimeField(help_text="When the first visit's tour was finished.", null=True)),
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='preference', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('query', models.CharField(help_text="The address's query, as the search page reads it.", max_length=1000)),
                ('saved_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to=settings.AUTH_USER_MODEL)),
                ('task', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_filters', to='ledger.task')),
            ],
            options={
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('owner', 'task', 'name'), name='one_saved_filter_per_owner_task_and_name')],
            },
        ),
    ]
