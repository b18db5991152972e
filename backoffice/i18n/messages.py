"""Reads the translatable messages out of Python, templates and JavaScript, without the gettext programs.

A message is what a catalogue is keyed by: context (or None), English text, English plural (or None).
Only literal text can be collected; a call with a variable is somebody else's message and is passed over.
"""

import ast
import os
import re
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

# Which argument of a gettext call is what. Source: django.utils.translation.
_ARGUMENTS = {
    "gettext": ("text",),
    "ngettext": ("text", "plural"),
    "pgettext": ("context", "text"),
    "npgettext": ("context", "text", "plural"),
}
_VARIANT = re.compile(r"^u?((?:np|n|p)?gettext)(?:_lazy|_noop)?$")
_CALL = re.compile(r"(?<![\w$.])(?:[\w$]+\.)*(_|(?:np|n|p)?gettext(?:_noop)?)\(\s*")
_QUOTED = {
    "python": re.compile(r"""[uU]?(?P<body>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')""", re.DOTALL),
    "javascript": re.compile(r"""(?P<body>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\$])*`)""", re.DOTALL),
}
_NEXT = {"+": re.compile(r"\s*\+\s*"), ",": re.compile(r"\s*,\s*")}


class Message(NamedTuple):
    """One catalogue key; `plural` is None for a message without a count."""

    context: str | None
    text: str
    plural: str | None

    @property
    def key(self):
        """What a catalogue may hold only once: (context, text)."""
        return self.context, self.text


def _message(function, literals):
    """The Message of one call, or None when its leading arguments are not all literal."""
    names = _ARGUMENTS[function]
    if len(literals) < len(names):
        return None
    found = dict(zip(names, literals, strict=False))
    return Message(found.get("context"), found["text"], found.get("plural")) if found["text"] else None


def _canonical(name):
    """`gettext_lazy` → `gettext`; None for a name that translates nothing."""
    match = _VARIANT.match(name)
    return match.group(1) if match else None


def _aliases(tree):
    """Local names bound to a gettext function by an import, `_` included: {"_": "gettext", …}."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for imported in node.names:
                if function := _canonical(imported.name):
                    names[imported.asname or imported.name] = function
    return names


def _literal(node):
    """The text of a string expression made of constants and `+`, else None."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _literal(node.left), _literal(node.right)
        return None if left is None or right is None else left + right
    return None


def _leading_literals(arguments):
    literals = []
    for argument in arguments:
        text = _literal(argument)
        if text is None:
            break
        literals.append(text)
    return literals


def from_python(source):
    """Messages of a Python module's text. Raises SyntaxError when it is not Python."""
    tree = ast.parse(source)
    names = _aliases(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            function = names.get(node.func.id)
        elif isinstance(node.func, ast.Attribute):
            function = _canonical(node.func.attr)
        else:
            function = None
        message = _message(function, _leading_literals(node.args)) if function else None
        if message:
            found.append(message)
    return found


def from_template(source, origin=None):
    """Messages of a Django template's text. Raises SyntaxError on a block tag inside a translation."""
    return _from_calls(templatize(source, origin), "python")


def from_javascript(source):
    """Messages of a JavaScript module: gettext, ngettext, pgettext, npgettext on literal text."""
    return _from_calls(source, "javascript")


def _from_calls(source, language):
    found = []
    for call in _CALL.finditer(source):
        function = "gettext" if call.group(1) == "_" else _canonical(call.group(1))
        message = _message(function, _quoted_arguments(source, call.end(), language))
        if message:
            found.append(message)
    return found


def _quoted_arguments(source, position, language):
    """The literal arguments from `position` on, `"a" + "b"` joined, up to the first that is not literal."""
    arguments = []
    while quoted := _QUOTED[language].match(source, position):
        text = _unquote(quoted["body"])
        position = quoted.end()
        while (plus := _NEXT["+"].match(source, position)) and (
            quoted := _QUOTED[language].match(source, plus.end())
        ):
            text += _unquote(quoted["body"])
            position = quoted.end()
        arguments.append(text)
        comma = _NEXT[","].match(source, position)
        if not comma:
            break
        position = comma.end()
    return arguments


def _unquote(body):
    """The value of a quoted literal; the escapes used in messages mean the same in Python and JavaScript."""
    if body.startswith("`"):
        body = '"""' + body[1:-1].replace('"', '\\"') + '"""'
    elif "\n" in body:
        body = body[0] * 3 + body[1:-1] + body[0] * 3
    return ast.literal_eval(body)


# Folders whose text no user of the product reads.
_NOT_SHOWN = {
    "tests",
    "test",
    "migrations",
    "project_template",
    "node_modules",
    "vendor",
    "locale",
    "docs",
    "var",
}


def from_tree(root):
    """Every message under a source folder, by catalogue domain, with the files it stands in.

    Shape: {"django": {Message: [path relative to root, …]}, "djangojs": {…}}. Raises SyntaxError naming the
    file that cannot be read as what its name says.
    """
    found = {"django": {}, "djangojs": {}}
    for path in _files(root):
        where = path.relative_to(root)
        domain, read = _reader(where)
        if read is None:
            continue
        try:
            messages = read(path.read_text(encoding="utf-8"))
        except SyntaxError as error:
            raise SyntaxError(f"{path}: {error}") from error
        for message in messages:
            places = found[domain].setdefault(message, [])
            if where.as_posix() not in places:
                places.append(where.as_posix())
    return found


def _files(root):
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _NOT_SHOWN and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names))


def _reader(path):
    if path.suffix == ".py":
        return "django", from_python
    if path.suffix in {".html", ".txt"} and "templates" in path.parts:
        return "django", from_template
    if path.suffix in {".js", ".mjs"} and "static" in path.parts and not path.name.endswith(".min.js"):
        return "djangojs", from_javascript
    return None, None
