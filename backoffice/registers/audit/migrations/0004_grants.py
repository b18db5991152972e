from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0003_one_batch_at_a_place'),
    ]

    operations = [
        migrations.AlterField(
            model_name='event',
            name='deed',
            field=models.CharField(choices=[('created', 'Created'), ('changed', 'Changed'), ('voided', 'Voided'), ('unvoided', 'Brought back'), ('closed', 'Change completed'), ('reveal', 'Revealed'), ('export', 'Exported'), ('view', 'Viewed personal data'), ('search', 'Searched for a number'), ('print', 'Printed'), ('grant', 'Access given'), ('revoke', 'Access withdrawn'), ('rule', 'Rule of a field changed'), ('redacted', 'Redacted')], max_length=12),
        ),
    ]
