"""What a shell may put in for a word half typed. Runs at every TAB, so it loads next to nothing.

The scripts that ``mailhelp completion SHELL`` prints call ``mailhelp`` with ``_MAILHELP_COMPLETE`` (``complete_bash``,
``complete_zsh`` or ``complete_fish``), ``COMP_WORDS`` (the words up to the cursor, one a line, the
command's name first) and ``COMP_CWORD``. Names come from the files that ``knowledge/names_file``
writes beside the indexes, commands and options from the table of commands.
"""

import os
import sys
from collections.abc import Iterable, Iterator, Mapping

from mailhelp import trust
from mailhelp.commands import COMMANDS, FORMATS, GLOBAL, SHELLS

Candidate = tuple[str, str]
"""A whole word, and what it is; one that ends in ``=`` goes on."""

_ASKED = ("parameter", "recipe", "topic", "status", "header", "rule")
"""The groups of names that a question may begin with."""
_MOST = 400

SCRIPTS = {
    "bash": """\
# mailhelp's completion for bash; needs nothing else
_mailhelp_complete() {
    local words word IFS=$'\\n'
    words=${COMP_LINE:0:COMP_POINT}
    COMPREPLY=($(COMP_WORDS="$words" COMP_CWORD= _MAILHELP_COMPLETE=complete_bash \\
        COMP_BREAKS="$COMP_WORDBREAKS" "$1" 2>/dev/null))
    for word in "${COMPREPLY[@]}"; do
        [[ $word == *= ]] && compopt -o nospace
    done
    return 0
}
complete -o bashdefault -o default -F _mailhelp_complete mailhelp
""",
    "zsh": """\
#compdef mailhelp
# mailhelp's completion for zsh: in a folder of $fpath as _mailhelp, or sourced after compinit
_mailhelp() {
    local -a lines plain open
    local line
    lines=(${(f)"$(COMP_WORDS="${(pj:\\n:)words[1,CURRENT]}" COMP_CWORD=$((CURRENT - 1)) \\
        _MAILHELP_COMPLETE=complete_zsh ${words[1]} 2>/dev/null)"})
    for line in $lines; do
        if [[ ${line%%:*} == *= ]]; then open+=($line); else plain+=($line); fi
    done
    (( $#lines )) || { _files; return }
    (( $#plain )) && _describe mailhelp plain
    (( $#open )) && _describe mailhelp open -S ''
    return 0
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _mailhelp "$@"; else compdef _mailhelp mailhelp; fi
""",
    "fish": """\
# mailhelp's completion for fish
function __mailhelp_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (COMP_WORDS=(string join \\n -- $words | string collect) COMP_CWORD=(math (count $words) - 1) \\
        _MAILHELP_COMPLETE=complete_fish $words[1] 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c mailhelp -f -a '(__mailhelp_complete)'
""",
}


def main(environ: Mapping[str, str]) -> int:
    """Print what fits the words that a shell asks about in ``environ``; returns the exit code."""
    words = _words(environ)
    cut = 0
    if environ["_MAILHELP_COMPLETE"].endswith("_bash"):
        # bash takes a word apart at these signs and puts the reply in for the last part
        breaks = environ.get("COMP_BREAKS", "")
        cut = max((words[-1].rfind(sign) + 1 for sign in "=:" if sign in breaks), default=0)
    lines = []
    for word, told in candidates(words, names(folders(environ))):
        if not _is_shown(word + told):
            continue  # a title of a page or a note
        if environ["_MAILHELP_COMPLETE"].endswith("_zsh"):
            lines.append(f"{word.replace(':', chr(92) + ':')}:{told}")
        elif environ["_MAILHELP_COMPLETE"].endswith("_fish"):
            lines.append(f"{word}\t{told}")
        else:
            lines.append(word[cut:])
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def _is_shown(text: str) -> bool:
    """Whether a terminal shows ``text`` as it is."""
    if text.isascii():
        return text.isprintable()
    from mailhelp.visible import is_visible

    return is_visible(text)


def candidates(words: list[str], rows: Iterable[tuple[str, str, str]]) -> Iterator[Candidate]:
    """What could stand for the last of ``words`` (the command's name left out), of the names ``rows``."""
    *before, word = words
    plain = [each for each in before if not each.startswith("-")]
    command = COMMANDS.get(plain[0]) if plain else None
    if before and before[-1] == "--color":
        found: Iterable[Candidate] = ((each, "") for each in GLOBAL[4].choices)
    elif word.startswith("-"):
        switches = (*(command.switches if command else ()), *GLOBAL)
        found = ((flag, each.help) for each in switches for flag in each.flags)
    elif command is not None:
        found = _operands(command.operand.completes if command.operand else "", plain[1:], rows)
    elif plain:
        found = ()
    else:
        found = _first(word, rows)
    fitting = ((each, told) for each, told in found if each.startswith(word) and each != word)
    return (each for each, _ in zip(dict.fromkeys(fitting), range(_MOST), strict=False))


def _first(word: str, rows: Iterable[tuple[str, str, str]]) -> Iterator[Candidate]:
    """The commands and, once a letter is there, all that can be asked."""
    yield from ((each.name, each.help) for each in COMMANDS.values())
    if word:
        yield from ((name, told) for group, name, told in rows if group in _ASKED)


def _operands(
    completes: str, before: list[str], rows: Iterable[tuple[str, str, str]]
) -> Iterator[Candidate]:
    if completes == "shell":
        yield from ((shell, "") for shell in SHELLS if not before)
    elif completes == "format":
        yield from ((format, "") for format in FORMATS if not before)
    elif completes == "recipe" and before:
        given = {word.partition("=")[0] for word in before}
        for group, name, told in rows:
            if group == f"recipe {before[0]}" and name[:-1] not in given:
                default, _, meaning = told.partition(": ")
                yield name, meaning
                if default:
                    yield f"{name}{default}", "the default"
    elif completes and completes != "file":
        yield from ((name, told) for group, name, told in rows if group == completes)


def names(places: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The rows of the files of names in ``places``; what cannot be read is left out."""
    for place in places:
        try:
            with open(f"{place}/completion.txt", encoding="utf-8") as file:
                for line in file:
                    group, name, told = line.rstrip("\n").split("\t", 2)
                    yield group, name, told
        except (OSError, ValueError):
            continue


def folders(environ: Mapping[str, str]) -> Iterator[str]:
    """The bundled index and this host's, found without what finds them for an answer."""
    here = os.path.dirname(os.path.abspath(__file__))
    inside = f"{here}/_index"
    beside = f"{os.path.dirname(here)}/index"
    yield environ.get("MAILHELP_INDEX") or (inside if os.path.isdir(inside) else beside)
    usual = environ.get("XDG_CACHE_HOME") or f"{os.path.expanduser('~')}/.cache"
    top = (environ.get("MAILHELP_CACHE_DIR") or f"{usual}/mailhelp") + "/host"
    if top[0] != "/" or trust.distrust(f"{top}/current"):
        return
    try:
        with open(f"{top}/current", encoding="ascii") as file:
            place = f"{top}/{file.read().strip()}"
        if not trust.distrust(f"{place}/completion.txt"):
            yield place
    except (OSError, ValueError):
        return


def _words(environ: Mapping[str, str]) -> list[str]:
    """The words up to the cursor without the command's name; the last is the one to complete."""
    text = environ.get("COMP_WORDS", "")
    if "\n" in text or environ.get("COMP_CWORD"):
        words = text.split("\n" if "\n" in text else None)
        place = environ.get("COMP_CWORD", "")
        last = int(place) if place.isdecimal() else len(words) - 1
        words = [*words, *[""] * (last + 1 - len(words))][: last + 1]
    else:  # a line as it was typed
        words = text.split()
        words += [""] if text[-1:].isspace() else []
    return words[1:] or [""]
