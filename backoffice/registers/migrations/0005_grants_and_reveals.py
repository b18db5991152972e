from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registers', '0004_acts_on_the_way'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='access',
            name='kind',
            field=models.CharField(choices=[('reveal', 'reveal'), ('export', 'export'), ('view', 'view'), ('search', 'search for a number'), ('print', 'print'), ('grant', 'access given'), ('revoke', 'access withdrawn'), ('rule', 'rule of a field')], max_length=12),
        ),
        migrations.AddIndex(
            model_name='access',
            index=models.Index(condition=models.Q(('kind', 'reveal')), fields=['actor', 'at'], name='access_reveals'),
        ),
    ]
