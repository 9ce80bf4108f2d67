"""Models behind a URL with OpenAI's chat completions."""
