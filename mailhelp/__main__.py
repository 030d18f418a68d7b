"""``python -m mailhelp``."""

from mailhelp.start import main

main()
