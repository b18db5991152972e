"""What lists and record pages show about the past moment they are of, and the form that asks for one."""

from django.utils import formats, timezone

from .. import moments


def moment_context(moment, today_url, request, problem=""):
    """For the templates `audit/moment.html`, a banner with the way back, and `audit/moment_form.html`."""
    kept = [
        (name, value)
        for name, values in request.GET.lists()
        for value in values
        if name not in (moments.PARAMETER, "after", "before", "last", "p", "exact")
    ]
    return {
        "moment": moments.said(moment) if moment else "",
        "moment_problem": problem,
        "moment_value": formats.date_format(timezone.localtime(moment), "Y-m-d\\TH:i") if moment else "",
        "moment_name": moments.PARAMETER,
        "moment_kept": kept,
        "today_url": today_url,
    }
