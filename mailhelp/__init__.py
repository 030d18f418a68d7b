"""mailhelp: offline help and knowledge for mail administrators."""

__version__ = "0.1.0"
