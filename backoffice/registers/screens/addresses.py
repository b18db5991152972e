"""Where the screens of a register stand: `/admin/r/<code>/…`, records by their public id."""

from django.urls import NoReverseMatch, register_converter, reverse

from .. import catalogue


class PublicIdConverter:
    """Twelve signs of the public alphabet, so that no word such as `new` can be taken for a record."""

    regex = "[0-9a-z]{12}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(PublicIdConverter, "public_id")


# The addresses of the registers that people make; which one is meant is asked at each request.
MADE = "register_made"


def namespace(register):
    return f"register_{register.code}"


def url_of(register, screen, *args):
    """The address of one screen of `register`; `args` are the parts of its path."""
    if register.made:
        return reverse(f"{MADE}:{screen}", args=[register.code, *args])
    return reverse(f"{namespace(register)}:{screen}", args=args)


def list_url(register, screen="index"):
    return url_of(register, screen)


def record_url(row, screen="record", *args):
    """The address of one screen of a record; a line of a part is shown on the page of its record."""
    register = catalogue.register_of(type(row))
    if register.of:
        return record_url(getattr(row, register.of), screen, *args)
    return url_of(register, screen, row.public_id, *args)


def key_url(register, key, screen="record"):
    """The address of one screen of the record with the public id `key`."""
    return url_of(register, screen, key)


def change_set_url(change_set, screen="page"):
    return reverse(f"changes:{screen}", args=[change_set.public_id])


def fields_url(register):
    """Where managers add fields to `register`."""
    return reverse("definitions_fields", args=[register.code])


def import_url(register):
    """Where spreadsheets for `register` are uploaded, or None where that part is not installed."""
    try:
        return reverse("imports_upload", args=[register.code])
    except NoReverseMatch:
        return None
