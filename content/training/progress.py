"""How far people are in their courses."""

from .models import LessonDone


def done_in(user, course=None):
    """The ids of the lessons `user` has read, of one course (its object id) or of all, as a set of texts."""
    found = LessonDone.objects.filter(user=user)
    if course is not None:
        found = found.filter(course=course)
    return set(found.values_list("lesson", flat=True))


def mark_done(user, release, lesson):
    """Remember that `user` read `lesson` of a course release; a second time changes nothing."""
    LessonDone.objects.get_or_create(
        user=user, lesson=lesson, defaults={"course": release.object_id, "release": release}
    )
