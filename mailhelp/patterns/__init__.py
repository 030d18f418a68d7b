"""Fixed text with typed holes: what log lines, headers and outputs are recognised by."""
