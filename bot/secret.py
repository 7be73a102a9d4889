"""Hide what in an address opens a door: a name with its password, a key, a token."""

import re

_LOGIN = re.compile(r"(?<=://)[^/\s?#@\"'<>]{1,300}@")
_VALUE = re.compile(
    r"([?&;][\w.~%[\]-]{0,60}?(?:key|token|secret|passw(?:or)?d|pwd|pass|auth|sig|signature|credentials?)=)[^&;#\s\"'<>]+",
    re.IGNORECASE,
)


def masked(text: str) -> str:
    """A text with the secrets of every address in it hidden."""
    return _VALUE.sub(r"\1***", _LOGIN.sub("***@", text)) if "=" in text or "@" in text else text
