"""Scorers: numbers for a picture of a sample, each with what it means and how it is measured."""
