"""What lists and record pages show about the past moment they are of, and the form that asks for one."""

from urllib.parse import parse_qsl, urlsplit

from django.utils import formats, timezone

from .. import moments


def moment_context(moment, today_url, problem=""):
    """For the templates `audit/moment.html`, a banner with the way back, and `audit/moment_form.html`.

    `today_url` is the same screen without a moment; what its address asks for stays in the form.
    """
    return {
        "moment": moments.said(moment) if moment else "",
        "moment_problem": problem,
        "moment_value": formats.date_format(timezone.localtime(moment), "Y-m-d\\TH:i") if moment else "",
        "moment_name": moments.PARAMETER,
        "moment_kept": parse_qsl(urlsplit(today_url).query),
        "today_url": today_url,
    }
