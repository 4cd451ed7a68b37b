"""Community surveys against R's survey: `make benchmark NAME=survey`.

Raking (survey_raking.py), then change between waves (survey_change.py), each with a million
respondents at its end or beginning.
"""

import subprocess
import sys
from pathlib import Path

PARTS = ("survey_raking", "survey_change")


def main() -> None:
    """Run both, each in a process of its own: the memory that one took is none of the other's."""
    for name in PARTS:
        subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py"))], check=True)


if __name__ == "__main__":
    main()
