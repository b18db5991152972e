"""Finding records and releases by the words people type.

Names and other open text are found by grams: every one- and two-character piece of the text is a key, because
most Chinese words and given names have two characters, which trigram indexes cannot find. Phone and identity
numbers are found by keyed hashes of the whole value and of its last four digits, so that nobody reads a number
out of the index. Source: architecture.md "Search".
"""

from .grams import grams, probes
from .keys import digest, keys_of_number

__all__ = ["digest", "grams", "keys_of_number", "probes"]
