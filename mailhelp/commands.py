"""The commands of mailhelp as data: names, words, options, help and examples, each said once.

The short way in (``arguments``), Typer (``app``), the shells' completion and README's table read
them here. To add a command: a row here, a pure function in ``api``, an action in ``actions``.
"""

from __future__ import annotations

from mailhelp.light import NamedTuple


class Operand(NamedTuple):
    """The words that a command takes; ``completes`` is the group of names that a shell offers for them.

    The groups are the kinds of documents, ``file``, ``shell`` and ``format``; none offers nothing.
    """

    name: str
    metavar: str
    help: str
    many: bool = True
    completes: str = ""


class Switch(NamedTuple):
    """An option. ``type`` is ``bool`` for one that takes no value; ``name`` is its keyword in Python."""

    name: str
    flags: tuple[str, ...]
    help: str
    type: type[bool] | type[str] = bool
    metavar: str = ""
    choices: tuple[str, ...] = ()
    default: bool | str | None = False


class Subcommand(NamedTuple):
    """A command: its help in one sentence, ``more`` about it, what it takes, and calls to learn from."""

    name: str
    help: str
    more: str = ""
    operand: Operand | None = None
    switches: tuple[Switch, ...] = ()
    examples: tuple[str, ...] = ()


COLORS = ("auto", "always", "never")
SHELLS = ("bash", "zsh", "fish")
FORMATS = ("grok", "lnav")

GLOBAL = (
    Switch("verbose", ("-v", "--verbose"), "All of the answer; alone, all of the last one."),
    Switch("quiet", ("-q", "--quiet"), "The answer in one line."),
    Switch("json", ("--json",), "Answers as JSON, one a line."),
    Switch("markdown", ("--markdown",), "Answers as Markdown."),
    Switch("color", ("--color",), "When to colour.", str, "WHEN", COLORS, "auto"),
    Switch("no_pager", ("--no-pager",), "Never page."),
    Switch("version", ("--version",), "Show the version."),
)
"""The options that every command takes, wherever they stand before a ``--``."""

COMMANDS: dict[str, Subcommand] = {
    command.name: command
    for command in (
        Subcommand(
            "explain",
            "Explain what stands in files or on standard input.",
            "Every record of logs, compressed ones too; mail headers, bounces, listings, settings.",
            Operand("files", "FILE|-", "Files; standard input without any.", True, "file"),
            (
                Switch(
                    "only_problems",
                    ("--only-problems",),
                    "Only records that tell of trouble.",
                ),
                Switch("every", ("--all",), "Every record, also of a long log at a terminal."),
            ),
            (
                "mailhelp explain /var/log/mail.log",
                "mailhelp explain --only-problems mail.log.1.gz",
            ),
        ),
        Subcommand(
            "log",
            "Say what is wrong in whole logs, worst first.",
            "Rotated and compressed ones too. A number shows that problem in full. Without FILE "
            "it reads what is piped, or this host's log.",
            Operand("words", "FILE|NUMBER", "Logs, and a problem's number.", True, "file"),
            (
                Switch("since", ("--since",), "From: 2026-11-22 06:00, 06:00, yesterday.", str, "TIME", (), None),
                Switch("until", ("--until",), "Up to this time.", str, "TIME", (), None),
                Switch("last", ("--last",), "The last 30m, 2h or 3d.", str, "TIME", (), None),
                Switch("follow", ("--follow",), "Go on while the log grows, until Ctrl-C."),
                Switch("jobs", ("--jobs",), "Processes; 2 for large files.", str, "NUMBER", (), None),
                Switch("cluster", ("--cluster",), "Let a Dask cluster do it: tcp://scheduler:8786.", str, "ADDRESS", (), None),
            ),
            (
                "mailhelp log",
                "mailhelp log --last 2h /var/log/mail.log",
                "mailhelp log mail.log.2.gz mail.log.1 mail.log 3",
            ),
        ),
        Subcommand(
            "trace",
            "Tell one mail's story from a log.",
            "ID is a queue ID, amavis ID, mail_id, Message-ID, client or mail address. Without FILE "
            "it reads what is piped, or this host's log.",
            Operand("words", "ID|FILE", "Which mails, and the logs to look in.", True, "file"),
            (
                Switch("every", ("--all",), "Every mail in the log."),
                Switch("sender", ("--from",), "Mails from this address, or @domain.", str, "ADDRESS", (), None),
                Switch("recipient", ("--to",), "Mails to this address, or @domain.", str, "ADDRESS", (), None),
                Switch("since", ("--since",), "From: 2026-11-22 06:00, 06:00, yesterday.", str, "TIME", (), None),
                Switch("until", ("--until",), "Up to this time.", str, "TIME", (), None),
            ),
            (
                "mailhelp trace 5419B66 /var/log/mail.log",
                "mailhelp trace --from @example.com --since yesterday mail.log.1 mail.log",
                "mailhelp trace --all mail.log",
            ),
        ),
        Subcommand(
            "recipe",
            "List the recipes, or fill one in and explain it.",
            "",
            Operand("words", "NAME|KEY=VALUE", "A recipe, and what goes into its commands.",
                    True, "recipe"),
            (),
            (
                "mailhelp recipe",
                "mailhelp recipe starttls-check host=mail.example.com",
            ),
        ),
        Subcommand(
            "man",
            "List this host's man pages about mail, show one, or search them.",
            "Words that are no page's name are looked for in all pages; so are phrases in double quotes, and "
            "beginnings with a *.",
            Operand("words", "PAGE|WORD", "A page: postconf, 5 postconf, postconf.5; or words.", True,
                    "page"),
            (),
            ("mailhelp man 5 postconf", "mailhelp man soft bounce", "mailhelp man 'smtpd_tls_*'"),
        ),
        Subcommand(
            "template",
            "Show the bounce templates, filled in and explained.",
            "",
            Operand("names", "NAME", "Templates; all without any.", True, "template"),
            (),
            ("mailhelp template failure",),
        ),
        Subcommand(
            "config",
            "Find and explain faults in main.cf, master.cf and tables.",
            "Of this host, or of a copied folder or file: Postfix need not be here.",
            Operand("copy", "FOLDER|FILE", "A copy, instead of this host's files.", False, "file"),
            (
                Switch("place", ("-c",), "The same, as Postfix's commands have it.", str, "FOLDER|FILE", (), None),
            ),
            ("mailhelp config", "mailhelp config /mnt/etc/postfix"),
        ),
        Subcommand("doctor", "Say what this host has and what it lacks."),
        Subcommand(
            "index",
            "Index this host's man pages and templates.",
            "It is done by itself, in the background, after an answer in a terminal.",
        ),
        Subcommand(
            "check",
            "Validate a corpus, entries of one, or your own notes.",
            "",
            Operand("paths", "PATH", "A corpus, or entries of one; else your own notes.", True, "file"),
            (
                Switch("show", ("--show",), "Show the patterns of this entry.", str, "ID", (), None),
                Switch(
                    "schema",
                    ("--schema",),
                    "Print the JSON Schema of a kind of entry (log, recipe, …).",
                    str,
                    "KIND",
                    (),
                    None,
                ),
            ),
            ("mailhelp check corpus", "mailhelp check --show log/postfix/smtpd/connect corpus"),
        ),
        Subcommand(
            "export",
            "Print what is known of logs for another engine.",
            "lnav: a format file that tags each record with its entry. grok: patterns for Logstash, Elasticsearch and others. "
            "After the format, programs or families of them; all without any.",
            Operand("words", "FORMAT|PROGRAM", "grok or lnav, and programs.", True, "format"),
            (),
            (
                "mailhelp export lnav >mailhelp.json",
                "mailhelp export grok postfix amavis >/etc/logstash/patterns/mailhelp",
            ),
        ),
        Subcommand(
            "completion",
            "Print what makes a shell complete mailhelp's words.",
            "",
            Operand("shell", "SHELL", "bash, zsh or fish.", False, "shell"),
            (),
            (
                "mailhelp completion bash >>~/.bashrc",
                "mailhelp completion zsh >~/.zfunc/_mailhelp",
                "mailhelp completion fish >~/.config/fish/completions/mailhelp.fish",
            ),
        ),
    )
}  # fmt: skip
"""Any other first word begins a question."""

ALIASES = {"recipes": ("recipe",), "help": ("--help",), "commands": ("--help",)}
"""Words that, alone, mean a call and no question."""


def table() -> str:
    """README's tables of the commands and the global options, in Markdown."""
    rows = ["| command | does |", "|---|---|"]
    for each in COMMANDS.values():
        call = " ".join(("mailhelp", each.name, *usage(each))).replace("|", "\\|")
        rows.append(f"| `{call}` | {each.help} |")
    rows += ["", "| option | does |", "|---|---|"]
    rows += [f"| `{', '.join(each.flags)}` | {each.help} |" for each in GLOBAL]
    return "\n".join(rows)


def usage(command: Subcommand) -> list[str]:
    """What may stand after the command's name."""
    taken = [
        f"[{each.flags[0]}{'' if each.type is bool else f' {each.metavar}'}]"
        for each in command.switches
    ]
    if command.operand:
        taken.append(f"[{command.operand.metavar}]" + "..." * command.operand.many)
    return taken
