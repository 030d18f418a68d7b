"""A stream of lines → an answer for each record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mailhelp.answer import Answer
from mailhelp.explain import container, ends
from mailhelp.explain.log import Explainer
from mailhelp.light import BinaryIO
from mailhelp.log.join import lines
from mailhelp.log.read import Read
from mailhelp.session import Session


def explain_stream(session: Session, stream: BinaryIO) -> Iterator[Answer]:
    """An answer for each line of ``stream``; see ``explain_lines``."""
    return explain_lines(session, lines(stream))


class Passed:
    """What went by in a stream: how many lines, how many of them are known, how many were answered."""

    def __init__(self) -> None:
        self.lines = self.known = self.shown = 0

    def over(self, known: int) -> None:
        """Count ``known`` lines that are not answered."""
        self.lines += known
        self.known += known


def explain_lines(
    session: Session,
    source: Iterable[str | None],
    *,
    only_problems: bool = False,
    brief: bool = False,
    passed: Passed | None = None,
) -> Iterator[Answer]:
    """An answer for each line, in order; a line that continues a record says so. ``None`` is a pause.

    ``only_problems`` leaves out records that tell of no trouble, ``brief`` the lines that only continue
    a record, and the explanation of an entry that was explained before: no answer is made for them.
    """
    from mailhelp.explain import here

    explainer = Explainer(session.library)
    passed = passed or Passed()
    if only_problems:
        from mailhelp.log.sift import sifted

        reads = sifted(explainer.engine, source, explainer.may_be_problem, passed.over)
    else:
        reads = explainer.engine.reads(source)
    answers = explained(explainer, reads, only_problems, brief, passed)
    return here.streamed(session, answers)


def explained(
    explainer: Explainer,
    reads: Iterable[Read],
    only_problems: bool = False,
    brief: bool = False,
    passed: Passed | None = None,
) -> Iterator[Answer]:
    """The answers for what was read already; see ``explain_lines``."""
    passed = passed or Passed()
    hops = 0
    said: set[str] = set()
    for read in reads:
        passed.lines += read.lines
        passed.known += read.lines * (read.recognised != "no")
        if only_problems and not explainer.is_problem(read):
            continue
        passed.shown += 1
        if read.is_header:
            from mailhelp.explain import header

            hop = header.counts_hops(explainer, read)
            hops += hop
            answer = header.explain(explainer, read, hops if hop else 0)
        else:
            hops = 0
            entry = read.hit.entry if read.hit else read.recognised
            known = brief and entry in said
            answer = explainer.explain(read, brief=known)
            if not known:
                answer = ends.applied(explainer.library, answer)
                answer = container.applied(explainer.library, read.record, answer)
            if read.record.text.strip():
                said.add(entry)
        yield answer
        if read.lines > 1 and not brief and not only_problems:
            yield from _continuing(answer, read)


def _continuing(answer: Answer, read: Read) -> Iterator[Answer]:
    """The answers for the lines of a record after its first."""
    for line in answer.text.split("\n")[1 : read.lines]:
        yield Answer(
            kind=answer.kind,
            recognised=answer.recognised,
            entry=answer.entry,
            text=line,
            continues=read.line,
        )
