"""A workbench for closed-loop image editing: draw, judge, correct, repeat, and measure honestly what it took.

Importing the package loads NumPy, Pillow and pydantic only; models, storage and widgets load where they are used.
"""

__version__ = "0.1.0"
