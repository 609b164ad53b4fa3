"""Every visible string, in every language, with numbers and dates as people write them there.

The English text in the code is the key; `catalogues/*/LC_MESSAGES/levator.po` hold the
translations, `python -m levator.texts.update` brings them up to date.

What may not live here: decisions (events and refusals arrive as codes and numbers), the
texts of a protocol (they are content, in `levator.library`), and HTML.
"""

from __future__ import annotations

from levator.texts.catalogue import LANGUAGES as LANGUAGES
from levator.texts.catalogue import language_for as language_for
from levator.texts.speaker import Speaker as Speaker
from levator.texts.speaker import for_script as for_script
from levator.texts.speaker import mark as mark
from levator.texts.speaker import speaker as speaker
