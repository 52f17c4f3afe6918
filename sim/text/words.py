"""The nearest right word to a wrong one, and lists of words in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from unicodedata import name as name_of

from sim.text.language import tr, trn
from sim.text.numbers import written

_LOOKALIKES = str.maketrans("асеорхуіѕјԁһАВСЕНКМОРТХІЅЈοανικρτυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
                            "aceopxyisjdhABCEHKMOPTXISJoavikptuABEZHIKMNOPTYX")
_QUOTES = "“”„‟‘’‚‛«»‹›″′`´"
OPENING_QUOTES = frozenset(_QUOTES)


def unquoted(word: str) -> str:
    """The word without typographic quote marks around it."""
    return word.strip(_QUOTES + "\"' ")


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that was probably meant, or None.

    >>> nearest("qualty", ["price", "quality"])
    'quality'
    >>> nearest("zebra", ["price", "quality"]) is None
    True
    """
    folded = {name.casefold(): name for name in allowed}
    meant = unquoted(word).translate(_LOOKALIKES).casefold().replace("-", "_").replace(" ", "_")
    if meant in folded:
        return folded[meant]
    plain = {name.replace("-", "_").replace(" ", "_"): whole for name, whole in folded.items()}
    found = get_close_matches(meant, plain, n=1, cutoff=0.6)
    if found:
        return plain[found[0]]
    begun = [whole for name, whole in plain.items() if len(meant) >= 3 and (name.startswith(meant) or meant in name)]
    return begun[0] if begun else None


def odd_letters(word: str, meant: str) -> str:
    r"""Which letters of a word only look like those of the one that was meant, in sentences after a blank; or nothing.

    >>> odd_letters("\N{CYRILLIC SMALL LETTER ER}rice", "price")
    ' Letter 1 is Cyrillic (р): write the Latin p.'
    >>> odd_letters("“Root”", "Root"), odd_letters("Rot", "Root")
    (' Letters 1 and 6 are typographic quotes (“ ”): leave them out.', '')
    """
    said = []
    places = [place for place, letter in enumerate(word) if ord(letter) in _LOOKALIKES and letter not in meant]
    for script in dict.fromkeys(name_of(word[place]).split()[0].capitalize() for place in places):
        found = [place for place in places if name_of(word[place]).startswith(script.upper())]
        latin = " ".join(meant[place] if len(word) == len(meant) else word[place].translate(_LOOKALIKES)
                         for place in found)
        said.append(f" {_letters(word, found)[0]} {script} ({_letters(word, found)[1]}): write the Latin {latin}.")
    quotes = [place for place, letter in enumerate(word) if letter in OPENING_QUOTES - set(meant)]
    if quotes:
        which, marks = _letters(word, quotes)
        kind = "typographic quotes" if len(quotes) > 1 else "a typographic quote"
        said.append(f" {which} {kind} ({marks}): leave {'them' if len(quotes) > 1 else 'it'} out.")
    return "".join(said)


def _letters(word: str, places: list[int]) -> tuple[str, str]:
    """ "Letters 1 and 3 are", and these letters."""
    many = len(places) > 1
    numbers = joined([place + 1 for place in places])
    return f"Letter{'s' if many else ''} {numbers} {'are' if many else 'is'}", " ".join(word[place] for place in places)


def capital(words: str) -> str:
    """Words that begin a sentence; those that follow keep their letters.

    >>> capital("profit to date of Root")
    'Profit to date of Root'
    """
    return words[:1].upper() + words[1:]


def in_words(name: str) -> str:
    """A name of a what-if, a mechanism or a factor, in words of the language that is spoken.

    >>> in_words("easy_to_complain")
    'easy to complain'
    """
    return tr(name.replace("_", " "))


def name_or_words(name: str) -> str:
    """A name as it is written, or where the language that is spoken has words for it, these.

    >>> name_or_words("easy_to_complain")
    'easy_to_complain'
    """
    found = in_words(name)
    return name if found == name.replace("_", " ") else found


def one_of(words: Iterable[str], at_most: int = 16) -> str:
    """Words as a list in a sentence, cut when long."""
    names = list(words)
    shown = ", ".join(names[:at_most])
    return tr("{names} and {more} more", names=shown, more=len(names) - at_most) if len(names) > at_most else shown


def joined(words: Iterable[object], last: str = "and") -> str:
    """Words in a sentence.

    >>> joined(["a", "b", "c"]), joined(["a"]), joined(["a", "b"], "or")
    ('a, b and c', 'a', 'a or b')
    """
    names = [str(word) for word in words]
    if len(names) < 2:
        return "".join(names)
    both = {"first": ", ".join(names[:-1]), "last": names[-1]}
    return tr("{first} or {last}", **both) if last == "or" else tr("{first} and {last}", **both)


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """A half sentence: the nearest word, else what is allowed."""
    names = list(allowed)
    near = nearest(word, names)
    if near is not None:
        return f"did you mean {near}?{odd_letters(word, near)}"
    return f"allowed: {one_of(names)}" if names else "there is none to choose from"


def shown(value: object, at_most: int = 40) -> str:
    """A value as it stands in a file, cut when long.

    >>> shown(True), shown(None), shown(0.5), shown("word")
    ('true', 'nothing', '0.5', 'word')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = f"{value:.15g}" if isinstance(value, float) else " ".join(str(value).split())
    return text if len(text) <= at_most else f"{text[: at_most - 3]}..."


def counted(value: float, thing: str) -> str:
    """A number of things.

    >>> counted(1.0, "year"), counted(0.5, "year")
    ('1 year', '0.5 years')
    """
    one, many = f"{{count}} {thing}", f"{{count}} {thing}s"
    return trn(one, many, value, count=number_in_words(value))


def number_in_words(value: float) -> str:
    """A number for a sentence.

    >>> number_in_words(5.0), number_in_words(9.6), number_in_words(1500.0)
    ('5', '9.6', '1,500')
    """
    return written(f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}")
