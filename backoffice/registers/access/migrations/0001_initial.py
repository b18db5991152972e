import backoffice.jobs.clock
import backoffice.registers.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registers', '0005_grants_and_reveals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FieldRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('register', models.CharField(max_length=60)),
                ('field', models.CharField(max_length=60)),
                ('seen_by', models.JSONField(blank=True, default=list, verbose_name='exists for these roles')),
                ('changed_by', models.JSONField(blank=True, default=list, verbose_name='is set by these roles')),
                ('mask', models.CharField(blank=True, choices=[('name', 'name: the first sign stays'), ('phone', 'telephone: the first three and last four digits stay'), ('identity', 'identity number: the first three and last two signs stay'), ('bank', 'bank card: the last four digits stay'), ('address', 'address: the first three signs stay'), ('amount', 'amount: nothing stays, not even how long it is'), ('whole', 'whole: nothing stays but the length')], default='', max_length=12, verbose_name='mask')),
            ],
            options={
                'verbose_name': 'field rule',
                'verbose_name_plural': 'field rules',
                'constraints': [models.UniqueConstraint(fields=('register', 'field'), name='field_rule_once')],
            },
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', backoffice.registers.fields.PublicIdField(default=backoffice.registers.fields.new_public_id, editable=False, max_length=12, unique=True)),
                ('register', models.CharField(max_length=60)),
                ('row', models.BigIntegerField(null=True)),
                ('site', models.BigIntegerField(null=True)),
                ('fields', models.JSONField()),
                ('may_export', models.BooleanField(default=False, verbose_name='may be exported')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('since', models.DateTimeField(default=backoffice.jobs.clock.now)),
                ('until', models.DateTimeField()),
                ('revoked_at', models.DateTimeField(null=True)),
                ('given_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'access grant',
                'verbose_name_plural': 'access grants',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='GrantUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('access', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registers.access')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='uses', to='access.grant')),
            ],
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(fields=['receiver', 'until'], name='grant_of_receiver'),
        ),
        migrations.AddIndex(
            model_name='grant',
            index=models.Index(fields=['register', 'row'], name='grant_of_row'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('since'))), name='grant_ends_later'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('receiver', models.F('given_by')), _negated=True), name='grant_to_another'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='grant_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('revoked_at', None), ('revoked_by', None)), models.Q(('revoked_at__isnull', False), ('revoked_by__isnull', False)), _connector='OR'), name='grant_revoked_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='grantuse',
            constraint=models.UniqueConstraint(fields=('grant', 'access'), name='grant_use_once'),
        ),
    ]
