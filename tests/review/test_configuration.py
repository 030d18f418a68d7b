"""Where checks look: main.cf beside the defaults, a service beside main.cf, other programs."""

from __future__ import annotations

import pytest

from mailhelp.explain import config
from mailhelp.host import othersettings
from mailhelp.host.postfixfiles import main_cf, master_cf
from mailhelp.review.configuration import Configuration, MainView, Other, ServiceView
from mailhelp.session import Session

MAIN = """\
compatibility_level = 3.6
mine = example.com
mydestination = $mine, localhost
"""


@pytest.fixture
def view(session: Session) -> MainView:
    dovecot = othersettings.dovecot(["service auth {", "  unix_listener a {", "  }", "}"])
    services, _ = master_cf(["smtp inet n - y - - smtpd", "  -o mine=example.net"])
    read = Configuration(
        main_cf(MAIN.split("\n")), services, others={"dovecot": Other("d", dovecot)}
    )
    return MainView(config.known(session.library), read)


def test_values_are_effective(view: MainView) -> None:
    assert view.value("mydestination") == "example.com, localhost"
    assert view.value("maximal_queue_lifetime") == "5d"  # its default
    assert view.value("no_such_name") == ""  # as to Postfix
    assert view.value(
        "smtpd_relay_restrictions",
    ).startswith("permit_mynetworks")  # type: ignore[union-attr]
    assert view.written("mine")
    assert not view.written("maximal_queue_lifetime")
    assert view.unit("maximal_queue_lifetime") == "d"


def test_what_depends_on_the_host_is_left_open(view: MainView) -> None:
    assert view.value("myhostname") == "$myhostname"


def test_a_service_beside_main_cf(view: MainView) -> None:
    assert view.read.services is not None
    service = ServiceView(view, view.read.services[0])
    assert service.value("mydestination") == "example.net, localhost"
    place = service.place(["mine"])
    assert place is not None
    assert (place.file, place.logical.number) == ("master.cf", 2)


def test_other_programs(view: MainView) -> None:
    assert view.value("dovecot/service auth/unix_listener") == "a"
    assert view.value("opendkim/Mode") is None
    assert list(view.names("dovecot/service *")) == ["dovecot/service auth/unix_listener"]
    place = view.place(["dovecot/service auth/unix_listener"])
    assert place is not None
    assert (place.file, place.logical.number) == ("d", 2)


def test_of_a_piece_only_what_is_there_is_known(session: Session) -> None:
    read = Configuration(main_cf(["mine = a"]), whole=False)
    piece = MainView(config.known(session.library), read)
    assert piece.value("mine") == "a"
    assert piece.value("mydestination") is None


def test_a_loop_of_names_is_not_followed(session: Session) -> None:
    lines = ["a = $b", "b = $a", *(f"n{each} = $n{each + 1}$n{each + 1}" for each in range(60))]
    loop = MainView(config.known(session.library), Configuration(main_cf(lines)))
    assert loop.value("a") is None
    assert loop.value("n0") in (None, "")
