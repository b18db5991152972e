"""The builder of filters: what it may offer to a viewer, and the way from what was built to an address."""

import json

from django.http import JsonResponse
from django.utils.text import capfirst

from ..screens import references
from ..screens.filters import VOID
from ..screens.listing import ListFrame
from . import conditions
from .listing import BUILT
from .operands import ME, Choices, NotUnderstood, Records, labels_of, points_to_staff
from .operators import operators_of
from .periods import PERIODS


class ConditionsView(ListFrame):
    """GET: the fields and operators on offer and the tree in force. POST: the address of a tree just built."""

    def get(self, request, *args, **kwargs):
        fields = [offered(column, self.viewer) for column in conditions.filterable(self.register, self.viewer)]
        periods = [(code, str(label)) for code, label in PERIODS.items()]
        tree = with_names(self.listing.tree)
        return JsonResponse({"fields": fields, "periods": periods, "tree": tree})

    def post(self, request, *args, **kwargs):
        try:
            given = json.loads(request.POST.get("tree", ""))
            tree = conditions.read(self.register, self.viewer, given)
        except NotUnderstood as error:
            return JsonResponse({"error": error.sentence}, status=422)
        except ValueError:
            return JsonResponse({"error": ""}, status=400)
        # What the quick filters held is part of the tree by now.
        rest = {name: "" for name in self.listing.filters.parameters if name != VOID}
        return JsonResponse({"url": self.address(**rest, **{BUILT: self.built(tree)})})


def offered(column, viewer):
    """One field as the builder draws it."""
    operators = operators_of(column, viewer).values()
    told = {
        "name": column.name,
        "label": str(capfirst(column.label)),
        "operators": [(one.code, str(one.label), one.operand.shape) for one in operators],
    }
    if any(isinstance(one.operand, Choices) for one in operators):
        told["choices"] = [(code, str(label)) for code, label in labels_of(column).items()]
    if any(isinstance(one.operand, Records) for one in operators):
        told["url"] = references.choose_url(column)
        told["me"] = ME if points_to_staff(column) else ""
    return told


def with_names(part):
    """A tree as JSON in which chosen records carry their names."""
    if isinstance(part, conditions.Group):
        return {part.joined: [with_names(one) for one in part.parts]}
    plain = part.as_json()
    if isinstance(part.operator.operand, Records):
        plain["names"] = dict(part.value.named(part.column))
    return plain
