"""Whether an encoder reads the whole of a prompt."""


def why_unread(reader: str, prompt: str, tokens: int, most: int, *, cut: bool) -> str:
    """The reason for no number; '' where the prompt is read, or cut because that was asked for.

    reader   who reads, for the sentence
    tokens   of the prompt, its start and end counted; at most `most` are read
    """
    if not prompt.strip():
        return "the prompt is empty"
    if tokens <= most or cut:
        return ""
    return f"the prompt has {tokens} tokens and {reader} reads {most}; say it shorter, or load the scorer with cut=True"
