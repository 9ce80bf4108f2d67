"""Figures of how often: what was accepted, what failed, and what failed next, by attempt and by slice."""
