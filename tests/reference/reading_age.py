"""The Automated Readability Index of texts by textstat, which counts what it counts by itself.

python tests/reference/reading_age.py > tests/reference/reading_age.json, in an environment with
textstat 0.7.13 (no dependency of this project). Texts without points within numbers and without
sentences of one or two words: textstat ends a sentence at the first and leaves out the second.
"""

import json
from importlib.metadata import version

from textstat.backend.metrics import automated_readability_index

TEXTS = (
    "The cat sat on the mat.",
    "One place was compared with one place. Nobody can tell the new service from whatever else went"
    " on there. More answers would not change that.",
    "220 people took part: 112 at Trafford and 108 at Wexmoor. The survey had 1,009 answers.",
    "Internationally comparable epidemiological investigations necessitate standardised"
    " instruments. They don't always exist!",
    "Is it so? Nobody knows yet. The well-known scale (SWEMWBS) has seven items; higher is better.",
)

print(
    json.dumps(
        {
            "textstat": version("textstat"),
            "texts": [{"text": text, "index": automated_readability_index(text)} for text in TEXTS],
        },
        indent=1,
    )
)
