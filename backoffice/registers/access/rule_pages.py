"""“Who sees which field”: the rules of a register's fields, for whoever configures it, 404 for everybody else."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from .. import catalogue
from ..masks import MASKS, fitting
from ..scope import roles_of, viewer_of
from ..screens.addresses import fields_url
from ..screens.frame import RegisterFrame
from . import ruling
from .models import FieldRule


def rules_url(register):
    return reverse("access_rules", args=[register.code])


class RulesFrame(RegisterFrame):
    def setup(self, request, *args, **kwargs):
        try:
            self.register = catalogue.get(kwargs["code"])
        except KeyError as error:
            raise Http404 from error
        if not ruling.may_rule(self.register, viewer_of(request.user)):
            raise Http404
        super().setup(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        fields = {"url": fields_url(self.register), "label": _("Fields and options")}
        return [
            *super().get_breadcrumbs_items(),
            fields,
            {"url": rules_url(self.register), "label": _("Field access")},
        ]

    @cached_property
    def rules(self):
        """{field: FieldRule} of the register."""
        return {rule.field: rule for rule in FieldRule.objects.filter(register=self.register.code)}

    @cached_property
    def labels(self):
        return dict(roles_of(self.register))

    def names(self, roles):
        return [str(label) for code, label in self.labels.items() if code in roles]


class RulesView(RulesFrame):
    """Every field with who sees it, who sets it, and its mask."""

    template_name = "access/rules.html"

    def get_page_title(self):
        return _("Who sees which field")

    def get(self, request, *args, **kwargs):
        layout = self.register.layout_for(self.viewer)
        return self.page(
            sections=[(heading, [self.line(column) for column in columns]) for heading, columns in layout if columns]
        )

    def line(self, column):
        rule = self.rules.get(column.name)
        declared = bool(getattr(column.field, "mask_kind", ""))
        return {
            "label": capfirst(column.label),
            "seen_by": self.names(column.audience),
            "changed_by": self.names(rule.changed_by) if rule else [],
            "computed": column.computed,
            "mask": MASKS[column.mask_kind].label if column.mask_kind else "",
            "declared": declared,
            "url": reverse("access_rule", args=[self.register.code, column.name]) if ruling.offered(column) else "",
        }


class RuleForm(forms.Form):
    seen_by = forms.MultipleChoiceField(
        label=gettext_lazy("The field exists for"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: everybody who sees the record. For others the field does not exist."),
    )
    changed_by = forms.MultipleChoiceField(
        label=gettext_lazy("It is set by"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None chosen: everybody who may change the record. Others read it only."),
    )
    mask = forms.ChoiceField(
        label=gettext_lazy("It is masked as"),
        required=False,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Only the person a record belongs to sees a masked value. Others need a reason, or a grant for a time; "
            "lists are neither sorted nor narrowed by it."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=100)

    def __init__(self, column, rule, data=None):
        initial = {part: getattr(rule, part) for part in ruling.PARTS} if rule else {}
        super().__init__(data, initial=initial, use_required_attribute=False)
        for part in set(ruling.PARTS) - ruling.offered(column):
            del self.fields[part]
        for part in {"seen_by", "changed_by"} & set(self.fields):
            self.fields[part].choices = roles_of(column.register)
        if "mask" in self.fields:
            masks = [(mask.code, mask.label) for mask in fitting(column.kind)]
            self.fields["mask"].choices = [("", _("not masked")), *masks]


class RuleView(RulesFrame):
    """What is said about one field."""

    template_name = "access/rule.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.column = self.register.fields_for(self.viewer).get(kwargs["field"])
        if self.column is None or not ruling.offered(self.column):
            raise Http404

    def get_page_title(self):
        return capfirst(self.column.label)

    def get_breadcrumbs_items(self):
        return [*super().get_breadcrumbs_items(), {"url": "", "label": self.get_page_title()}]

    def get(self, request, *args, **kwargs):
        return self.ask(RuleForm(self.column, self.rules.get(self.column.name)))

    def post(self, request, *args, **kwargs):
        form = RuleForm(self.column, self.rules.get(self.column.name), request.POST)
        if form.is_valid():
            values = {part: form.cleaned_data[part] for part in ruling.PARTS if part in form.fields}
            try:
                ruling.put(self.register, self.column.name, values, self.viewer, form.cleaned_data["reason"])
            except ValidationError as error:
                for part, sentences in error.message_dict.items():
                    form.add_error(part if part in form.fields else None, sentences)
        if form.errors:
            return self.ask(form, 422)
        messages.success(request, _("Saved. It counts from now on, everywhere."))
        return HttpResponseRedirect(rules_url(self.register))

    def ask(self, form, status=200):
        declared = MASKS[self.column.mask_kind].label if getattr(self.column.field, "mask_kind", "") else ""
        return self.page(
            status,
            form=form,
            declared=declared,
            bears=ruling.bears_records(self.column),
            added_url=reverse("definitions_field", args=[self.register.code, self.column.name])
            if not self.column.on_model
            else "",
            back_url=rules_url(self.register),
        )
