"""Words of Wagtail and Django that we say otherwise in Chinese: an internal handbook has staff for its readers, not
the public, and its pages come into use by an approval alone. The Chinese stands in our own catalogue, which wins.
"""

from django.utils.translation import gettext_noop, ngettext_lazy

REWORDED = (
    gettext_noop("Live"),
    gettext_noop("live + draft"),
    gettext_noop("live + in moderation"),
    gettext_noop("View live"),
    gettext_noop("Live version"),
    gettext_noop("Visit the live page"),
    gettext_noop("Visible to all"),
    gettext_noop("Visible to all. Visit the live page"),
    gettext_noop("Private. Visit the live page"),
    gettext_noop("Once live anyone can view"),
    gettext_noop("Not visible to the public"),
    gettext_noop("The page title as you'd like it to be seen by the public"),
    gettext_noop("%(time_period)s ago"),
    ngettext_lazy("%(num)d year", "%(num)d years", "num"),
    ngettext_lazy("%(num)d month", "%(num)d months", "num"),
    ngettext_lazy("%(num)d week", "%(num)d weeks", "num"),
    ngettext_lazy("%(num)d day", "%(num)d days", "num"),
    ngettext_lazy("%(num)d hour", "%(num)d hours", "num"),
    ngettext_lazy("%(num)d minute", "%(num)d minutes", "num"),
)
