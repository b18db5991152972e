"""A problem of a staged row as one sentence a manager understands, with the cell it stands in."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..masks import mask_middle
from ..sheets.messages import REFUSALS, SKIPS, WARNINGS

HERE = {
    "not_allowed": gettext_lazy("You may not change this record in this way."),
    "read_only": gettext_lazy("“%(field)s” may be read by you, but not changed."),
    "ambiguous_key": gettext_lazy("Several records have this value; it does not tell which one is meant."),
    "unknown_reference": gettext_lazy("“%(original)s” is not among the records it may name."),
}


class Sentences:
    """Sentences about the rows of one register, with personal data masked."""

    def __init__(self, register, masked=True):
        self.register, self.masked = register, masked

    def of(self, row, problem):
        """The sentence for one entry of `row.problems`."""
        code, params = problem["code"], problem["params"]
        if problem["kind"] == "skip":
            return str(SKIPS.get(code, code))
        pattern = REFUSALS.get(code) or WARNINGS.get(code) or HERE.get(code)
        if pattern is None:
            # What the record's own rules say is a sentence already.
            return params.get("text", code)
        return pattern % {"field": self.label(problem["field"]), **params, "original": self._original(row, problem)}

    def label(self, name):
        return str(self.register.column(name).label) if name in self.register.fields else name or ""

    def cell(self, row, problem):
        return f"{problem['column']}{row.row}" if problem["column"] else ""

    def _original(self, row, problem):
        text = row.originals.get(problem["column"], "")
        text = text if len(text) <= 60 else text[:60] + "…"
        name = problem["field"]
        personal = name in self.register.fields and self.register.column(name).personal
        # An error such as #N/A is no personal data, and hiding it would hide what is wrong.
        hide = personal and self.masked and any(sign.isdigit() for sign in text)
        return mask_middle(text, 2, 2) if hide else text

    def refusals(self, row):
        """[(cell, sentence)] of everything that keeps the row from being written."""
        if row.action == row.Action.CONFLICT:
            return [("", _("Somebody changed this record after the preview; it was left as it is."))]
        found = [problem for problem in row.problems if problem["kind"] != "warning"]
        return [(self.cell(row, problem), self.of(row, problem)) for problem in found]

    def warnings(self, row):
        found = [problem for problem in row.problems if problem["kind"] == "warning"]
        return [(self.cell(row, problem), self.of(row, problem)) for problem in found]
