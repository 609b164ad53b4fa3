"""How hard a text is to read: words in a sentence, and syllables in a word.

Flesch's reading ease for English (R. Flesch, A new readability yardstick, J Appl Psychol
1948;32:221) and Douma's for Dutch (W. H. Douma, De leesbaarheid van landbouwbladen, 1960): from 0,
very hard, to 100, very easy. Both call 60 to 70 the ordinary text, 70 to 80 fairly easy, and under
30 very hard.
"""

import re
from collections.abc import Iterable

#: Language -> what each word of a sentence, and each syllable of a word, costs.
COSTS = {"en": (206.835, 1.015, 84.6), "nl": (206.8, 0.93, 77.0)}
#: "De blaas begint." "Dragen: hij houdt ..." A colon ends what is read in one breath.
ENDS = re.compile(r"[.?!:]+(?:\s|$)")
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
#: Vowels that are said as one; a dot over a letter (ë, ï) begins a syllable of its own.
DUTCH = re.compile(r"[ëïöü]?(?:[aeiouyáéèê]+j?)|[ëïöü]")
ENGLISH = re.compile(r"[aeiouy]+")
#: A last e that is not said: made, moves, loved; not table, not closes, not needed.
SILENT = re.compile(r"(?<![aeiouyl])e$|(?<=[^aeiouylszxc])es$|(?<![szxc]l)(?<=[^aeiouydt])ed$")


def sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence."""
    return [words for one in ENDS.split(text) if (words := WORD.findall(one))]


def syllables(word: str, language: str) -> int:
    """Return about how many syllables a word has; a number counts as one."""
    word = word.lower()
    if language == "nl":
        return max(1, len(DUTCH.findall(word)))
    return max(1, len(ENGLISH.findall(word)) - len(SILENT.findall(word)))


def ease(texts: Iterable[str], language: str) -> float:
    """Return the reading ease of texts together."""
    said = [one for text in texts for one in sentences(text)]
    words = [word for one in said for word in one]
    base, per_word, per_syllable = COSTS[language]
    sounds = sum(syllables(word, language) for word in words)
    return base - per_word * len(words) / len(said) - per_syllable * sounds / len(words)


def longest(texts: Iterable[str]) -> int:
    """Return the words of the longest sentence."""
    return max(len(one) for text in texts for one in sentences(text))


def words_a_sentence(texts: Iterable[str]) -> float:
    """Return how many words a sentence has on average."""
    said = [one for text in texts for one in sentences(text)]
    return sum(map(len, said)) / len(said)
