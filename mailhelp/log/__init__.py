"""Log records: prefix, message, meaning, story."""
