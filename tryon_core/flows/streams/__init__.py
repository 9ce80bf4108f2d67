"""Parts of the dual-stream refinement: its rules, words, tools and masks."""
