"""A lookup Django has for one database only."""

from django.db.models import JSONField, Lookup


@JSONField.register_lookup
class HasItem(Lookup):
    """`field__has_item=x`: whether the JSON list in the column contains the text x, on both databases."""

    lookup_name = "has_item"
    prepare_rhs = False

    def get_prep_lookup(self):
        return self.rhs

    def get_db_prep_lookup(self, value, connection):
        return "%s", [value]

    def as_sqlite(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        # `column` is the quoted name of a column, compiled by Django.
        return f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value = %s)", [*params, self.rhs]  # noqa: S608

    def as_postgresql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        return f"{column} @> to_jsonb(%s::text)", [*params, self.rhs]
