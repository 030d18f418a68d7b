"""Entry files → documents and patterns; the entries themselves are in the folder ``corpus/``."""
