"""How mail begins: as an answer, handed on, or from a link."""
