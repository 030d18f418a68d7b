"""The commands as Typer defines them: options, arguments and help."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from mailhelp.arguments import COLORS, Call, Options

Perform = Callable[..., int]

_HELP = """Offline help for mail administrators.

mailhelp WORDS… explains anything: a parameter or a part of one (queue_lifetime), a log line,
an SMTP code (5.7.1), a mail header, a question. Without words it reads what you pipe or paste.
"""


def build(options: Options, perform: Perform) -> typer.Typer:
    """The application; its commands are carried out by ``perform`` with the global ``options``."""
    app = typer.Typer(
        help=_HELP,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
        epilog="Exit codes: 0 answered, 1 nothing found, 2 usage, 3 a source could not be read.",
    )

    def carry_out(command: str, *words: str, **more: bool | str) -> None:
        raise typer.Exit(perform(Call(command, words, options), **more))

    @app.callback()
    def everything(
        json: Annotated[bool, typer.Option("--json", help="Answers as JSON, one a line.")] = False,
        markdown: Annotated[bool, typer.Option("--markdown", help="Answers as Markdown.")] = False,
        color: Annotated[str, typer.Option(help=f"{', '.join(COLORS)}.")] = "auto",
        no_pager: Annotated[bool, typer.Option("--no-pager", help="Never page.")] = False,
        version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    ) -> None:
        """The global options are read by ``arguments`` wherever they stand; here they are shown."""

    @app.command()
    def explain(
        files: Annotated[list[str] | None, typer.Argument(metavar="[FILE|-]...")] = None,
        only_problems: Annotated[
            bool, typer.Option("--only-problems", help="Only records that tell of trouble.")
        ] = False,
    ) -> None:
        """Explain every record of logs or mail headers.

        From the files, compressed ones too, or from standard input.
        """
        carry_out("explain", *(files or ()), only_problems=only_problems)

    @app.command()
    def trace(
        words: Annotated[list[str] | None, typer.Argument(metavar="[ID|FILE]...")] = None,
        every: Annotated[bool, typer.Option("--all", help="Every mail in the log.")] = False,
    ) -> None:
        """Tell one mail's story from a log.

        ID is a queue ID, amavis ID, mail_id, Message-ID, client or mail address.
        """
        carry_out("trace", *(words or ()), every=every)

    @app.command()
    def recipe(
        words: Annotated[list[str] | None, typer.Argument(metavar="[NAME] [KEY=VALUE]...")] = None,
    ) -> None:
        """List the recipes, or fill one in and explain it."""
        carry_out("recipe", *(words or ()))

    @app.command()
    def man(
        page: Annotated[list[str] | None, typer.Argument(metavar="[PAGE]")] = None,
    ) -> None:
        """List this host's man pages about mail, or show one."""
        carry_out("man", *(page or ()))

    @app.command()
    def template(
        names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...")] = None,
    ) -> None:
        """Show the bounce templates, filled in and explained."""
        carry_out("template", *(names or ()))

    @app.command()
    def config() -> None:
        """Explain what main.cf sets on this host."""
        carry_out("config")

    @app.command()
    def doctor() -> None:
        """Say what this host has and what it lacks."""
        carry_out("doctor")

    @app.command()
    def index() -> None:
        """Index this host's man pages and templates."""
        carry_out("index")

    @app.command()
    def check(
        paths: Annotated[
            list[str] | None,
            typer.Argument(help="A corpus, or entries of one; else your own notes."),
        ] = None,
        show: Annotated[str, typer.Option(help="Show the patterns of this entry.")] = "",
        schema: Annotated[
            str, typer.Option(help="Print the JSON Schema of a kind of entry (log, recipe, …).")
        ] = "",
    ) -> None:
        """Validate a corpus, entries of one, or your own notes."""
        carry_out("check", *(paths or ()), show=show, schema=schema)

    return app
