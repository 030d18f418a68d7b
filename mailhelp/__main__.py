"""``python -m mailhelp``."""

import sys

if not sys.flags.safe_path:
    # Python looks for modules in the current directory first, where anybody can have put some
    del sys.path[0]

from mailhelp.start import main

main()
