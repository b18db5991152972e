"""The virus scanner, where one is set: `ATTACHMENT_SCANNER` is a program or a function, see the settings."""

import re
import shlex
import subprocess

from django.conf import settings
from django.utils.module_loading import import_string

TIMEOUT = 120
CLEAN, FOUND = 0, 1


class ScannerFailed(Exception):
    """The scanner gave no answer. The file stays where nobody gets it, and is asked about again."""


def wanted():
    """Whether files wait for a scanner before anybody gets them."""
    return bool(settings.ATTACHMENT_SCANNER)


def scan(file):
    """What the scanner found in an open file, or an empty text. Raises ScannerFailed."""
    scanner = settings.ATTACHMENT_SCANNER
    file.seek(0)
    if re.fullmatch(r"[\w.]+\.\w+", scanner):
        return import_string(scanner)(file)
    try:
        # The program is named by the settings, and the file is no part of the command.
        ended = subprocess.run(  # noqa: S603
            shlex.split(scanner), input=file.read(), capture_output=True, timeout=TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ScannerFailed(str(error)) from error
    if ended.returncode not in (CLEAN, FOUND):
        raise ScannerFailed(ended.stderr.decode(errors="replace")[-500:] or f"exit {ended.returncode}")
    said = ended.stdout.decode(errors="replace").strip().splitlines()
    return (said[0] if said else "?")[:150] if ended.returncode == FOUND else ""
