from django.db import migrations, models

LABEL = models.CharField(blank=True, editable=False, max_length=40)


def fill(apps, schema_editor):
    """Chapters and sections that were released before carry the number readers know."""
    Chapter, Section = apps.get_model("handbook", "Chapter"), apps.get_model("handbook", "Section")
    chapters = {}
    for chapter in Chapter.objects.exclude(first_published_at=None).exclude(number=None):
        chapter.label = chapters[chapter.path] = str(chapter.number)
        Chapter.objects.filter(pk=chapter.pk).update(label=chapter.label)
    for section in Section.objects.exclude(first_published_at=None).exclude(number=None):
        if above := chapters.get(section.path[:-4]):
            Section.objects.filter(pk=section.pk).update(label=f"{above}.{section.number}")


class Migration(migrations.Migration):
    dependencies = [("handbook", "0001_initial")]

    operations = [
        migrations.AddField("chapter", "label", LABEL),
        migrations.AddField("section", "label", LABEL),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
