"""How fast the pair is: our way against the plain loop in one run, and how far both are from what the device can do.

    python -m tryon_core.speed                        toy weights, under a minute on a laptop
    python -m tryon_core.speed --size full            true architectures with random weights, for a GPU
    python -m tryon_core.speed --scheduling           the batch job alone, with models of fixed latency, over a minute
    python -m tryon_core.speed --budget --memory-gb 140

Random weights draw noise and judge nothing; they take the time and the memory that trained ones take.
"""
