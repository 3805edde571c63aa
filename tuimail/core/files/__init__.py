"""Files as mail carries them: names, types, and what their octets say."""
