from wagtail import hooks

from .panels import MentionsPanel


@hooks.register("construct_homepage_panels")
def mentions(request, panels):
    panels.append(MentionsPanel())
