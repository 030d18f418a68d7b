"""``python -m mailhelp``."""

from mailhelp.cli import main

main()
