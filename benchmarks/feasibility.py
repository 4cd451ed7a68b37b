"""Feasibility and measurability: `make benchmark NAME=feasibility`.

Its parts one after the other (feasibility_psychometrics.py: item-level psychometrics;
feasibility_root.py: all steps of the root study), each in a process of its own.
"""

import subprocess
import sys
from pathlib import Path

PARTS = ("feasibility_psychometrics", "feasibility_root")


def main() -> None:
    """Run the parts."""
    for name in PARTS:
        subprocess.run([sys.executable, str(Path(__file__).with_name(f"{name}.py"))], check=True)


if __name__ == "__main__":
    main()
