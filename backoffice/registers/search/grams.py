"""One- and two-character pieces of a text, and the pieces a query must have."""

import unicodedata


def fold(text):
    """The text as it is compared: compatibility forms unified, lower case, no white space at all."""
    return "".join(unicodedata.normalize("NFKC", text or "").lower().split())


def grams(text):
    """Every one- and two-character piece of `text`, folded. `grams("李岚")` is {"李", "岚", "李岚"}."""
    folded = fold(text)
    return set(folded) | {folded[i : i + 2] for i in range(len(folded) - 1)}


def probes(query):
    """The fewest grams a text must have to contain `query`; the caller still verifies the whole word.

    A query of one character is its own gram; a longer one is covered by its bigrams, so the answer to a
    two-character word needs no verification at all.
    """
    folded = fold(query)
    if len(folded) < 2:
        return [folded] if folded else []
    return sorted({folded[i : i + 2] for i in range(len(folded) - 1)})
