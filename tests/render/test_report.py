"""A report on one screen, and all of it."""

from __future__ import annotations

from mailhelp.answer import Answer, Problem, Report, Unrecognised
from mailhelp.render import paint
from mailhelp.render.lines import cells
from mailhelp.render.paint import Look
from mailhelp.render.report import bars


def problem(number: int, group: str, severity: str) -> Problem:
    return Problem(
        entry=f"log/x/{number}",
        title=f"Problem {number} with a title that is longer than there is room for",
        severity=severity,
        count=1000 * number,
        first="2026-11-22T06:46:00",
        last="2026-11-22T08:31:00",
        harmless=group == "harmless",
        top={"host": (("gmail.com", 700), ("example.org", 3))},
        by_hour=(0, 1, 8),
        group=group,
        clients=41,
    )


def answer(act: int, look: int) -> Answer:
    problems = [
        *(problem(n, "act", "fatal") for n in range(1, act + 1)),
        *(problem(n, "look", "warning") for n in range(1, look + 1)),
        problem(7, "attack", "notice"),
        problem(8, "harmless", "info"),
    ]
    report = Report(
        records=61058,
        recognised={"entry": 61046, "generic": 0, "no": 12},
        first="2026-11-22T06:46:00",
        last="2026-11-23T06:46:00",
        problems=tuple(problems),
        files=("/var/log/mail.log",),
        mail={"received": 8120, "delivered": 7904, "held": 0},
        unrecognised=(Unrecognised("odd: no …", 12, "Nov 22 06:00:00 mx odd: no 7"),),
        shapes=3,
    )
    return Answer(kind="report", title="mail.log: 61,058 records", report=report)


def test_one_screen() -> None:
    lines = paint.text([answer(2, 2)], Look()).splitlines()
    assert lines[0] == "mail.log: 61,058 records, 22 Nov 06:46 to 23 Nov 06:46"
    assert lines[1] == "received 8,120 · delivered 7,904 · deferred 0 · bounced 0 · rejected 0"
    assert [lines.index(each) for each in ("Act now", "Look at")] == [4, 7]
    assert lines[2].startswith("trouble by hour ")
    assert lines[5].startswith("  1  fatal   1,000×  Problem 1 with")
    assert lines[5].endswith("06:46–08:31")
    assert "gmail.com 700×" in lines[5]
    assert any(each.startswith("Attacks") and "from 41 addresses" in each for each in lines)
    assert any(each.startswith("Unknown") and "12× in 3 shapes" in each for each in lines)
    assert lines[-1].startswith("more: mailhelp log /var/log/mail.log 1 · ")


def test_a_screen_has_room_for_what_must_be_done_and_says_what_is_left_out() -> None:
    for act, look in ((30, 30), (3, 40), (0, 40), (16, 1), (0, 0), (9, 9)):
        for width in (40, 80, 100):
            lines = paint.text([answer(act, look)], Look(width=width)).splitlines()
            assert len(lines) <= 20, (act, look, width)
            assert max(map(cells, lines)) <= width
            shown = sum("fatal" in each for each in lines)
            assert shown == act or any(f"and {act - shown} more" in each for each in lines)


def test_all_of_it() -> None:
    text = paint.text([answer(30, 30)], Look("full"))
    assert text.count("Problem") == 62
    assert "gmail.com 700×, example.org 3×" in text
    assert "by hour ·▁█" in text
    assert "Nov 22 06:00:00 mx odd: no 7" in text
    assert "Problem 8" in paint.text([answer(1, 1)], Look(markdown=True))


def test_one_line() -> None:
    assert paint.text([answer(1, 1)], Look("line")) == "mail.log: 61,058 records\n"


def test_bars_show_what_is_more() -> None:
    assert bars((0, 1, 50, 100)) == "·▁▄█"
    assert bars(()) == ""
