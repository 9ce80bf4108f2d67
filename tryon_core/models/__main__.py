"""Every model: `python -m tryon_core.models`, or with --commercial only those that may be used commercially."""

import argparse
import sys
from collections.abc import Sequence

from .catalogue import Entry, entries

HEAD = Entry("name", "role", "parameters", "licence", "commercial")  # parameters in billions
AFTER = "toy:NAME is a large model's class with random weights; openai:MODEL@URL is a judge behind a server."


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tryon_core.models", description=__doc__)
    parser.add_argument("--commercial", action="store_true", help="only models that may be used commercially")
    rows = [HEAD, *entries(commercial=parser.parse_args(arguments).commercial)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    print(f"\nparameters in billions. {AFTER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
