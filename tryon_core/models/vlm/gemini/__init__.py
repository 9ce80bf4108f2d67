"""Gemini as judge and writer, through Google's API."""

LICENCE = "Gemini API terms (ai.google.dev/gemini-api/terms)"
