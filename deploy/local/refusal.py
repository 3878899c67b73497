"""The one error a person sees: a sentence that says what is wrong and what to do."""


class Refusal(Exception):
    """The local system will not start or go on; the text is one sentence for a person."""
