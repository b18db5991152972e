"""The codes by which units are called, in the one way in which they are kept however they were written."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from backoffice.registers.fields import TextField
from backoffice.registers.sheets import kinds
from backoffice.registers.sheets.kinds import CellRefused


class CodeField(TextField):
    """A code read the way spreadsheets are read, so that a form, a list and an import mean the same unit."""

    reader = kinds.UnitPart()
    defaults = {"max_length": 20}

    def to_python(self, value):
        """The code in its one form; what cannot be read stays as it is, for `validate` to refuse."""
        value = super().to_python(value)
        try:
            return self.reader.read(value, None).value or ""
        except CellRefused:
            return value

    def validate(self, value, instance):
        super().validate(value, instance)
        if value:
            try:
                self.reader.read(value, None)
            except CellRefused as error:
                raise ValidationError(self.refusal(), code=error.code) from error

    def refusal(self):
        return _("Please write digits and letters, for example 2 or B1.")


class UnitPartField(CodeField):
    """An entrance or a room: `2单元` is 2, `0301` is 301."""

    sheet_kind = "UnitPart"


class BuildingCodeField(UnitPartField):
    """The code of a building: `1#`, `1栋` and `一号楼` are 1. Shown as people say it."""

    def display(self, value):
        return _("Building %(code)s") % {"code": value} if value else ""


class UnitCodeField(CodeField):
    """Building, entrance and room: `1栋2单元0301` is 1-2-301."""

    sheet_kind = "UnitCode"
    reader = kinds.UnitCode()
    defaults = {"max_length": 40}

    def refusal(self):
        return _("Please write building, entrance and room, for example 1-2-301.")
