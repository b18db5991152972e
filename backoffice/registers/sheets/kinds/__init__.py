"""The kinds of values: how each is read from a cell and written to one. Source: spreadsheets.md 2."""

from .base import CellRefused, Context, Kind, Known, LongText, Read, Text, TextList
from .choices import Choice, ChoiceList, Gender, YesNo
from .numbers import Amount, AmountRange, Area, AreaRange, Discount, Integer, Quantity, Score, Share
from .people import (
    BankAccount,
    IdentityNumber,
    IdentityNumbers,
    Name,
    Names,
    Person,
    Phone,
    PhoneList,
)
from .times import Clock, Day, Instant, Moment, Time
from .units import UnitCode, UnitPart

__all__ = [
    "Amount",
    "AmountRange",
    "Area",
    "AreaRange",
    "BankAccount",
    "CellRefused",
    "Choice",
    "ChoiceList",
    "Clock",
    "Context",
    "Day",
    "Discount",
    "Gender",
    "IdentityNumber",
    "IdentityNumbers",
    "Instant",
    "Integer",
    "Kind",
    "Known",
    "LongText",
    "Moment",
    "Name",
    "Names",
    "Person",
    "Phone",
    "PhoneList",
    "Quantity",
    "Read",
    "Score",
    "Share",
    "Text",
    "TextList",
    "Time",
    "UnitCode",
    "UnitPart",
    "YesNo",
]
