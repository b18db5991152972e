"""Model fields that know the trade: what a value means, how it is written, searched and hidden.

A field is declared once, on the model. Its class says everything else a register derives from it:

- `search_keys(value)`: the keys under which the record is found by this field, or nothing
- `display(value)`: the value as a person reads it, in the active language
- `mask_kind`: the name of the mask in `registers.masks` behind which it stands for everybody but the record's owner
- `sheet_kind`: the name of the class in `registers.sheets.kinds` that reads and writes its spreadsheet cells
"""

import re
import secrets
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import dictionaries, forms
from .encryption import Encrypted
from .search import grams, keys_of_number

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_public_id():
    """Twelve signs without look-alikes, about 59 bits: what stands in addresses instead of a row number."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def new_salt():
    """96 random bits: what keeps a digest in the audit log from being guessed."""
    return secrets.token_urlsafe(12)


class OwnDefaults:
    """A field whose class has other defaults than Django's; a migration states them all, so that a copy of the
    field, as the history makes it, can differ."""

    defaults = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **self.defaults | kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {key: getattr(self, key) for key in self.defaults} | kwargs


class PublicIdField(OwnDefaults, models.CharField):
    """The identifier the outside sees. Random, so that neither counts nor neighbours can be guessed."""

    defaults = {"max_length": 12, "default": new_public_id, "unique": True, "editable": False}

    def deconstruct(self):
        """`unique` is always written down: the history's copy of the field has to say that it is not."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"unique": self.unique}


class SiteField(models.ForeignKey):
    """The sales site a record belongs to. The organisation is a higher layer, hence the name as text."""

    def __init__(self, **kwargs):
        kwargs = {"verbose_name": _("sales site"), "on_delete": models.PROTECT, "related_name": "+"} | kwargs
        super().__init__(**{"to": "organisation.SalesSite"} | kwargs)


class TextField(OwnDefaults, models.CharField):
    """One line of open text, found by any part of it when the register searches it."""

    sheet_kind = "Text"

    def search_keys(self, value):
        return grams(value)


class NumberField(TextField):
    """The running number of a record: drawn by the door from `series`, per site and year, without gaps; typed by
    nobody. Where `given` is set, imported rows may bring their own. Unique by a constraint of the model.
    """

    defaults = {"max_length": 60, "blank": True, "default": ""}
    # The log is older than some numbers: a version without one hashes as it did before there were any.
    hashed_when_empty = False

    def __init__(self, verbose_name=None, series="", given=False, **kwargs):
        self.series, self.given = series, given
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"series": self.series}

    def to_python(self, value):
        value = super().to_python(value)
        return re.sub(r"\s", "", forms.half_width(value)) if value else value

    def search_keys(self, value):
        """The whole and the last four digits: pieces would fill the index with what every number shares."""
        return keys_of_number(value.upper()) if value else set()


class NameField(TextField):
    """A person's name; rare and supplementary characters included."""

    sheet_kind = "Name"
    defaults = {"max_length": 80}


class PersonalField(OwnDefaults, models.CharField):
    """Personal data: masked for everybody but the record's owner, revealed with a reason on the record."""

    mask_kind = "whole"


class PhoneField(PersonalField):
    """A telephone: 11 mobile digits, or area code, number and extension joined by hyphens."""

    sheet_kind = "Phone"
    mask_kind = "phone"
    shape = re.compile(r"1[3-9]\d{9}|0\d{2,3}-[2-8]\d{6,7}(-\d{1,6})?")
    defaults = {"max_length": 24}

    def to_python(self, value):
        value = super().to_python(value)
        return tidy_phone(value) if value else value

    def validate(self, value, instance):
        super().validate(value, instance)
        if value and not self.shape.fullmatch(value):
            raise ValidationError(
                _("A telephone has 11 digits and begins with 13 to 19; a landline is written 0512-66000018."),
                code="bad_phone",
            )

    def search_keys(self, value):
        return keys_of_number(value)

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": forms.PhoneFormField} | kwargs)


def tidy_phone(text):
    """Half-width digits without blanks, +86 or hyphens in a mobile number; a landline keeps its hyphens."""
    plain = forms.half_width(text)
    digits = re.sub(r"[\s\-—–()]", "", plain)
    digits = re.sub(r"^(\+|00)86(?=1\d{10}$)", "", digits)
    return digits if re.fullmatch(r"1\d{10}", digits) else re.sub(r"\s", "", plain)


class IdentityNumberField(Encrypted, PersonalField):
    """The number of an identity paper, kept encrypted. Whether the check digit must agree depends on the kind of
    paper."""

    sheet_kind = "IdentityNumber"
    mask_kind = "identity"
    defaults = {"max_length": 32}

    def to_python(self, value):
        value = super().to_python(value)
        return re.sub(r"\s", "", forms.half_width(value)).upper() if value else value

    def validate(self, value, instance):
        super().validate(value, instance)
        if value and re.fullmatch(r"\d{17}[\dX]", value) and not check_digit_agrees(value):
            raise ValidationError(
                _("The check digit of this identity number does not agree. Please compare it with the paper."),
                code="bad_identity_number",
            )

    def search_keys(self, value):
        return keys_of_number(value)


def check_digit_agrees(number):
    """Whether the 18th sign follows from the first 17. Source: GB 11643-1999, ISO 7064 MOD 11-2."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    return "10X98765432"[total % 11] == number[17]


class BankAccountField(Encrypted, PersonalField):
    """The number of a bank account or card, kept encrypted: 8 to 30 digits or letters."""

    sheet_kind = "BankAccount"
    mask_kind = "bank"
    defaults = {"max_length": 34}

    def to_python(self, value):
        value = super().to_python(value)
        return re.sub(r"[\s-]", "", forms.half_width(value)).upper() if value else value

    def validate(self, value, instance):
        super().validate(value, instance)
        if value and not re.fullmatch(r"[0-9A-Z]{8,30}", value):
            raise ValidationError(_("A bank account has 8 to 30 digits or letters."), code="bad_account")

    def search_keys(self, value):
        return keys_of_number(value)


class AddressField(PersonalField):
    """A postal address; only its beginning, the district, is shown when it is masked."""

    sheet_kind = "Text"
    mask_kind = "address"
    defaults = {"max_length": 200}


class ListField(OwnDefaults, models.JSONField):
    """Several values in one column, kept as a list inside the row, so that history and undo see them whole."""

    defaults = {"default": list, "blank": True, "encoder": DjangoJSONEncoder}

    def clean(self, value, instance):
        value = [self.clean_item(item) for item in value or [] if item not in ("", None)]
        return list(dict.fromkeys(super().clean(value, instance)))

    def clean_item(self, item):
        return str(item).strip()

    def display(self, value):
        return "、".join(self.display_item(item) for item in value or [])

    def display_item(self, item):
        return str(item)

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **{"form_class": forms.ListFormField} | kwargs)


class TextListField(ListField):
    """A list of short texts: tags, names of related persons."""

    sheet_kind = "TextList"


class PhoneListField(ListField):
    """Further telephones of a person; each one masked and found like the main one."""

    sheet_kind = "PhoneList"
    mask_kind = "phone"

    def clean_item(self, item):
        return PhoneField().clean(item, None)

    def search_keys(self, value):
        return set().union(*(keys_of_number(item) for item in value or []))


class DictionaryField(OwnDefaults, models.CharField):
    """One value of a dictionary that managers maintain; the code is stored, the label is shown."""

    sheet_kind = "Choice"
    defaults = {"max_length": 40, "blank": True, "default": ""}

    def __init__(self, verbose_name=None, dictionary=None, **kwargs):
        self.dictionary = dictionary
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"dictionary": self.dictionary}

    def validate(self, value, instance):
        super().validate(value, instance)
        if value:
            dictionaries.require(self.dictionary, value)

    def display(self, value):
        return dictionaries.label(self.dictionary, value) if value else ""

    def formfield(self, **kwargs):
        return models.Field.formfield(
            self, **{"form_class": forms.DictionaryFormField, "dictionary": self.dictionary} | kwargs
        )


class DictionaryListField(ListField):
    """Several values of one dictionary, in the order they were given."""

    sheet_kind = "ChoiceList"

    def __init__(self, verbose_name=None, dictionary=None, **kwargs):
        self.dictionary = dictionary
        super().__init__(verbose_name, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"dictionary": self.dictionary}

    def clean_item(self, item):
        dictionaries.require(self.dictionary, item)
        return item

    def display_item(self, item):
        return dictionaries.label(self.dictionary, item)

    def formfield(self, **kwargs):
        return models.Field.formfield(
            self, **{"form_class": forms.DictionaryListFormField, "dictionary": self.dictionary} | kwargs
        )


class DecimalRangeField(OwnDefaults, models.JSONField):
    """One amount, or a lower and an upper one, with two decimals: what a buyer can spend, the area wished for.

    In Python a tuple of one or two Decimals, or None. `unit` is the unit shown to people.
    """

    unit = ""
    defaults = {"null": True, "blank": True}

    def from_db_value(self, value, expression, connection):
        return self.to_python(super().from_db_value(value, expression, connection))

    def to_python(self, value):
        if value in (None, "", [], ()):
            return None
        ends = value if isinstance(value, list | tuple) else [value]
        try:
            ends = tuple(Decimal(str(end)).quantize(Decimal("0.01")) for end in ends if end not in (None, ""))
        except InvalidOperation as error:
            raise ValidationError(_("Please write numbers, for example 90 or 90-110."), code="bad_amount") from error
        if len(ends) == 2 and ends[0] == ends[1]:
            ends = ends[:1]
        return ends or None

    def validate(self, value, instance):
        if value is None and not self.null:
            raise ValidationError(self.error_messages["null"], code="null")
        if value and (len(value) > 2 or value[0] < 0 or (len(value) == 2 and value[0] > value[1])):
            raise ValidationError(_("The lower end comes first, and neither may be negative."), code="bad_range")

    def get_prep_value(self, value):
        return None if value is None else [str(end) for end in self.to_python(value)]

    def get_db_prep_value(self, value, connection, prepared=False):
        value = value if prepared else self.get_prep_value(value)
        return None if value is None else super().get_db_prep_value(value, connection, prepared=True)

    def display(self, value):
        return " – ".join(f"{end:,.2f}" for end in value) + f" {self.unit}".rstrip() if value else ""

    def formfield(self, **kwargs):
        return models.Field.formfield(self, **{"form_class": forms.DecimalRangeFormField, "unit": self.unit} | kwargs)


class AmountRangeField(DecimalRangeField):
    """A budget in yuan."""

    sheet_kind = "AmountRange"
    unit = "元"


class AreaRangeField(DecimalRangeField):
    """A wished-for floor area in square metres."""

    sheet_kind = "AreaRange"
    unit = "㎡"


class AreaField(OwnDefaults, models.DecimalField):
    """A floor area in square metres with two decimals, above zero. Source: systems.md `unit.area.decimals`."""

    sheet_kind = "Area"
    defaults = {"max_digits": 10, "decimal_places": 2}
    default_validators = [MinValueValidator(Decimal("0.01"))]

    def display(self, value):
        return "" if value is None else f"{value:,.2f}"


class AmountField(OwnDefaults, models.DecimalField):
    """Money in yuan with two decimals."""

    sheet_kind = "Amount"
    defaults = {"max_digits": 16, "decimal_places": 2}

    def display(self, value):
        return "" if value is None else f"{value:,.2f}"
