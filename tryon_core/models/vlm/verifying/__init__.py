"""Vision-language models as scorers and comparers of edited pictures."""
