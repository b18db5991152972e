"""The body of a course: module headings, each followed by its lessons."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from content.streams import NumberBlock, plain_text, safe_html


class ModuleBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Module"), max_length=120)
    minutes = NumberBlock(label=_("Minutes"), min_value=1, required=False)

    class Meta:
        label = _("Module")
        icon = "folder-open-inverse"


class LessonBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Lesson"), max_length=120)
    minutes = NumberBlock(label=_("Minutes"), min_value=1, required=False)
    body = blocks.RichTextBlock(label=_("Text"), features=["h3", "bold", "italic", "ol", "ul", "link", "image"])
    takeaways = blocks.ListBlock(blocks.TextBlock(rows=1), label=_("Remember"), default=[])

    class Meta:
        label = _("Lesson")
        icon = "doc-full"


class CourseStream(blocks.StreamBlock):
    module = ModuleBlock()
    lesson = LessonBlock()

    class Meta:
        required = True


def freeze_modules(body, numbers):
    """[{"title", "minutes", "lessons": [{"id", "number", "title", "minutes", "html", "text", "takeaways"}]}].

    Lessons before the first module heading stand in a module without a title.
    """
    modules = []
    for child in body:
        if child.block_type == "module":
            modules.append({"title": child.value["title"], "minutes": child.value["minutes"], "lessons": []})
            continue
        if not modules:
            modules.append({"title": "", "minutes": None, "lessons": []})
        html = safe_html(child.value["body"])
        modules[-1]["lessons"].append(
            {
                "id": child.id,
                "number": numbers[child.id],
                "title": child.value["title"],
                "minutes": child.value["minutes"],
                "html": str(html),
                "text": plain_text(html),
                "takeaways": [line.strip() for line in child.value["takeaways"] if line.strip()],
            }
        )
    return modules
