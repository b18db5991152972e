"""On PostgreSQL the database itself refuses two main positions of one person on the same day.

SQLite has no exclusion constraints; there the door's check and the partial unique index stand alone. The
constraint is judged at the end of the transaction, so that ending one assignment and opening the next may come
in either order.
"""

from django.db import migrations

ADD = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE organisation_assignment ADD CONSTRAINT assignment_one_primary_a_day
    EXCLUDE USING gist (staff_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (is_primary AND voided_at IS NULL) DEFERRABLE INITIALLY DEFERRED;
"""
REMOVE = "ALTER TABLE organisation_assignment DROP CONSTRAINT assignment_one_primary_a_day;"


def run(statements):
    def operation(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(statements)

    return operation


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_structure")]
    operations = [migrations.RunPython(run(ADD), run(REMOVE))]
