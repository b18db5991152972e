"""Finding records and releases by the words people type.

Names and other open text are found by grams: every one- and two-character piece of the text is a key, because
most Chinese words and given names have two characters, which trigram indexes cannot find. Phone and identity
numbers are found by keyed hashes of the whole value and of its last four digits, so that nobody reads a number
out of the index. What exists for some roles only has keys of its own, which nobody else's search asks for. Source:
architecture.md "Search".
"""

from .grams import grams, probes
from .keys import closed_key, digest, keys_of_number

__all__ = ["closed_key", "digest", "grams", "keys_of_number", "probes"]
