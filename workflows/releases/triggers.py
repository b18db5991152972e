"""What the database itself refuses: changed releases, and anything live that was not released.

Triggers are declared here and created after every migrate, because SQLite's table rebuild drops them. Two rules:

- a release is written once; afterwards only its withdrawal is entered, once;
- a page or snippet of ours is live exactly while a release of its live revision stands. So no button, command,
  queryset or raw statement can publish or unpublish: only the execution of an approval makes or withdraws releases.
"""

from django.apps import apps

from backoffice.jobs import triggers
from backoffice.jobs.triggers import Trigger

from .models import Release


def declared():
    """Every trigger of this app, for the models that are governed now."""
    return [*_release_triggers(), *_page_triggers(), *_snippet_triggers(), *_revision_triggers()]


def ensure_triggers(using="default"):
    """Create the triggers anew. Safe to run at any time; runs after every migrate."""
    triggers.ensure_triggers(declared(), using)


def _release_triggers():
    table = Release._meta.db_table
    frozen = [f'"{f.column}"' for f in Release._meta.concrete_fields if f.attname not in Release.WITHDRAWAL]
    return [
        Trigger(f"{table}_keep", table, "DELETE", "TRUE", "a release is never deleted"),
        Trigger(f"{table}_final", table, f"UPDATE OF {', '.join(frozen)}", "TRUE", "a release never changes"),
        Trigger(
            f"{table}_withdrawn_once",
            table,
            f"UPDATE OF {', '.join(Release.WITHDRAWAL)}",
            "OLD.withdrawn_at IS NOT NULL",
            "a release is withdrawn once",
        ),
    ]


def _standing(revision):
    return (
        f"EXISTS (SELECT 1 FROM {Release._meta.db_table} r "  # noqa: S608  constants
        f"WHERE r.revision_id = {revision} AND r.withdrawn_at IS NULL)"
    )


def _live_triggers(table, new="TRUE", old="TRUE"):
    """`new` and `old` say in SQL whether the row is one of ours."""
    columns = "live, live_revision_id"
    return [
        Trigger(f"{table}_born_draft", table, "INSERT", f"NEW.live AND {new}", "not released: cannot be live"),
        Trigger(
            f"{table}_live_released",
            table,
            f"UPDATE OF {columns}",
            f"NEW.live AND (NOT OLD.live OR NEW.live_revision_id IS DISTINCT FROM OLD.live_revision_id) "
            f"AND {new} AND NOT {_standing('NEW.live_revision_id')}",
            "not released: cannot be live",
        ),
        Trigger(
            f"{table}_stays_live",
            table,
            f"UPDATE OF {columns}",
            f"OLD.live AND NOT NEW.live AND {old} AND {_standing('OLD.live_revision_id')}",
            "released and not withdrawn: stays live",
        ),
        Trigger(
            f"{table}_kept",
            table,
            "DELETE",
            f"OLD.first_published_at IS NOT NULL AND {old}",
            "what was released is kept",
        ),
    ]


def _governed():
    from .guard import governed_models

    return governed_models()


def _is_ours(column):
    """SQL: the content type in `column` is that of a governed model."""
    names = ", ".join(f"'{model._meta.label_lower}'" for model in _governed())
    return (
        f"EXISTS (SELECT 1 FROM django_content_type c WHERE c.id = {column} "  # noqa: S608  constants
        f"AND c.app_label || '.' || c.model IN ({names}))"
    )


def _page_triggers():
    page = apps.get_model("wagtailcore", "Page")
    if not any(issubclass(model, page) for model in _governed()):
        return []
    return _live_triggers(page._meta.db_table, _is_ours("NEW.content_type_id"), _is_ours("OLD.content_type_id"))


def _snippet_triggers():
    page = apps.get_model("wagtailcore", "Page")
    return [
        trigger
        for model in _governed()
        if not issubclass(model, page)
        for trigger in _live_triggers(model._meta.db_table)
    ]


def _revision_triggers():
    """Nothing of ours is scheduled by Wagtail: a later effective date belongs to the release."""
    table = apps.get_model("wagtailcore", "Revision")._meta.db_table
    if not _governed():
        return []
    when = f"NEW.approved_go_live_at IS NOT NULL AND {_is_ours('NEW.content_type_id')}"
    message = "not released: cannot be scheduled"
    return [
        Trigger(f"{table}_unscheduled", table, "UPDATE OF approved_go_live_at", when, message),
        Trigger(f"{table}_born_unscheduled", table, "INSERT", when, message),
    ]
