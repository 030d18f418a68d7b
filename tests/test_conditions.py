"""What a configuration must be like for a check to speak up: each key of a condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from mailhelp import conditions
from mailhelp.conditions import Certificate, Fact, Service, fits, items, of_setting


class Known(conditions.View):
    """A view of values and files that are given."""

    def __init__(self, values: Mapping[str, str], **given: Any) -> None:
        self.endings = {"hash": [".db"]}
        self.values = values
        self.set = given.get("set", set(values))
        self.facts: Mapping[str, Fact] = given.get("facts", {})
        self.certificates: Mapping[str, Certificate] = given.get("certificates", {})
        self.units: Mapping[str, str] = given.get("units", {})
        self.services = given.get("services")
        self.types = given.get("types")

    def value(self, name: str) -> str | None:
        return self.values.get(name)

    def written(self, name: str) -> bool:
        return name in self.set

    def names(self, pattern: str) -> Iterable[str]:
        return [name for name in self.values if fits(pattern, name)]

    def unit(self, name: str) -> str:
        return self.units.get(name, "")

    def filled(self, text: str) -> str | None:
        for name, value in self.values.items():
            text = text.replace(f"${name}", value)
        return text

    def file(self, path: str) -> Fact | None:
        return self.facts.get(path)

    def certificate(self, path: str) -> Certificate | None:
        return self.certificates.get(path)


def found(condition: Mapping[str, Any], value: str | None = None, **given: Any) -> list[Any]:
    """What a condition on ``x`` finds."""
    values = {} if value is None else {"x": value}
    values |= given.pop("values", {})
    about = {} if condition.keys() & {"service", "path"} else {"parameter": "x"}
    return list(conditions.holds({**about, **condition}, Known(values, **given)))


def holds(condition: Mapping[str, Any], value: str | None = None, **given: Any) -> bool:
    return bool(found(condition, value, **given))


def test_stars_stand_for_anything() -> None:
    assert fits("static:*", "static:all")
    assert not fits("static:*", "hash:static:all")
    assert fits(r"\*", "*")
    assert not fits(r"\*", "all")
    assert not fits("a.b", "axb")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a, b\tc,,d", ["a", "b", "c", "d"]),
        ("a { b, c } d", ["a", "{ b, c }", "d"]),
        ("{ a { b } }, c", ["{ a { b } }", "c"]),
        ("{ never closed", ["{ never closed "]),
        ("", []),
    ],
)
def test_lists_are_parted_as_postfix_does(value: str, expected: list[str]) -> None:
    assert items(value) == expected


def test_a_whole_value() -> None:
    assert holds({"is": ["yes"]}, "YES")
    assert not holds({"is": ["yes"]}, "yes no")
    assert holds({"is": ["*?"]}, "anything")
    assert not holds({"is": ["*?"]}, "")
    assert holds({"is_not": ["yes"]}, "no")
    assert not holds({"is": ["*"]})  # it is not known
    assert holds({"is": ["$y"]}, "a", values={"y": "a"})


def test_set_or_not() -> None:
    assert holds({"set": False})
    assert not holds({"set": False}, "a")
    assert holds({"set": True}, "a")
    assert holds({"set": False, "is": ["a"]}, "a", set=set())  # its default


def test_one_of_the_items() -> None:
    row = {"has": ["permit"], "before": ["reject*"], "not_behind": ["warn_if_reject"]}
    assert holds(row, "permit_mynetworks, permit")
    assert not holds(row, "permit_mynetworks")
    assert not holds(row, "reject_unauth_destination permit")
    assert not holds(row, "warn_if_reject permit")
    assert holds({"has": ["b"], "after": ["a"]}, "a b")
    assert not holds({"has": ["b"], "after": ["a"]}, "b a")
    assert holds({"lacks": ["reject"]}, "permit")
    assert not holds({"lacks": ["reject"]}, "permit reject")
    assert found({"has": ["*"], "has_not": ["a"]}, "a b")[0]["word"] == "b"
    assert holds({"count_above": 1}, "a b")
    assert not holds({"count_above": 1}, "a")


@pytest.mark.parametrize(
    ("value", "wide"),
    [
        ("9.0.0.0/8", True),
        ("127.0.0.0/8 [2600::]/16", True),
        ("[2600:1:2:3::]/64", False),
        ("9.9.9.0/24", False),
        ("10.0.0.0/8", False),  # private: nobody of the internet
        ("!9.0.0.0/8", False),
        ("hash:/etc/postfix/networks", False),
    ],
)
def test_a_network_of_strangers(value: str, wide: bool) -> None:
    assert holds({"public_addresses": 65536}, value) is wide


def test_bits_behind_the_mask() -> None:
    (seen,) = found({"host_bits": True}, "127.0.0.0/8 192.168.1.7/24")
    assert (seen["word"], seen["near"]) == ("192.168.1.7/24", "192.168.1.0/24")
    assert not holds({"host_bits": True}, "192.168.1.0/24 192.168.1.7 hash:/etc/n")


@pytest.mark.parametrize(
    ("row", "value", "expected"),
    [
        ({"below": "1h"}, "30m", True),
        ({"below": "1h"}, "1h", False),
        ({"below": "1h"}, "90m", False),
        ({"below": "1h"}, "0", True),
        ({"above": "5d"}, "1w", True),
        ({"above": "5d"}, "5d", False),
        ({"above": "10"}, "11", True),
        ({"below": "10"}, "9", True),
        ({"below": "10"}, "many", False),
        ({"above": "1h"}, "2", False),  # of what?
    ],
)
def test_below_and_above(row: Mapping[str, Any], value: str, expected: bool) -> None:
    assert holds(row, value) is expected


def test_a_bare_time_has_the_unit_of_its_parameter() -> None:
    assert holds({"above": "1d"}, "2", units={"x": "d"})
    assert holds({"above": "$y"}, "2", units={"x": "d", "y": "h"}, values={"y": "3"})


def test_more_than_another_limit() -> None:
    row = {"beyond": "$limit"}
    assert holds(row, "20", values={"limit": "10"})
    assert not holds(row, "10", values={"limit": "10"})
    assert holds(row, "0", values={"limit": "10"})  # 0 is no limit at all
    assert not holds(row, "20", values={"limit": "0"})
    assert not holds(row, "20")  # it is not known


def test_an_item_in_two_lists() -> None:
    (seen,) = found({"shares": ["y", "z"]}, "a.example, b.example", values={"z": "B.example"})
    assert (seen["word"], seen["other"]) == ("b.example", "z")
    assert not holds({"shares": ["y"]}, "hash:/a", values={"y": "hash:/a"})


def test_services() -> None:
    smtpd = Service("smtp/inet", "smtpd", {"chroot": "y", "maxproc": "-"}, ("smtpd", "-v"))
    back = Service("127.0.0.1:10025/inet", "smtpd", {"chroot": "n"}, ("smtpd",))

    def seen(selector: Mapping[str, Any], **more: Any) -> list[str]:
        condition = {"service": selector, **more}
        return [each.get("service", "none") for each in found(condition, services=[smtpd, back])]

    assert seen({"program": ["smtpd"]}) == ["smtp/inet", "127.0.0.1:10025/inet"]
    assert seen({"listens": "loopback"}) == ["127.0.0.1:10025/inet"]
    assert seen({"columns": {"chroot": ["y"]}}) == ["smtp/inet"]
    assert seen({"columns_not": {"chroot": ["y"]}}) == ["127.0.0.1:10025/inet"]
    assert seen({"argument": ["-v"]}) == ["smtp/inet"]
    assert seen({"lacks_argument": ["-v"], "name_not": ["25/inet"]}) == ["127.0.0.1:10025/inet"]
    assert seen({"program": ["pickup"]}, exists=False) == ["none"]
    assert not holds({"service": {"program": ["pickup"]}, "exists": False})  # not known


def test_a_transport_that_master_cf_lacks() -> None:
    services = [Service("lmtp/unix", "lmtp", {}, ()), Service("smtp/inet", "smtpd", {}, ())]
    row = {"unknown_service": True}
    assert holds(row, "dovecot:[::1]", services=services)
    assert holds(row, "smtp", services=services)  # a port is no transport
    assert not holds(row, "lmtp:unix:private/x", services=services)
    assert not holds(row, "dovecot")


def test_one_socket_written_in_two_ways() -> None:
    row = {"elsewhere": ["y"], "folder": "/q"}
    assert not holds(row, "inet:127.0.0.1:8891", values={"y": "inet:8891@localhost"})
    assert holds(row, "inet:127.0.0.1:8891", values={"y": "inet:12301@localhost"})
    assert not holds(row, "lmtp:unix:private/l", values={"y": "/q/private/l other"})
    assert not holds(row, "private/auth")  # the other side is not known


def test_files() -> None:
    gone, file, old = Fact(missing=True), Fact(mode=0o644, age=1), Fact(mode=0o600, age=2)
    assert holds({"file": ["missing"]}, "/a", facts={"/a": gone})
    assert not holds({"file": ["missing"]}, "/a")
    assert holds({"file": ["world-readable"]}, "hash:/a", facts={"/a": file})
    assert not holds({"file": ["world-readable"]}, "/a", facts={"/a": old})
    assert holds({"file": ["not world-readable"]}, "/a", facts={"/a": old})
    assert holds({"path": "/a", "file": ["folder"]}, facts={"/a": Fact(folder=True)})
    assert holds({"built": "missing"}, "hash:/a", facts={"/a": file, "/a.db": gone})
    assert not holds({"built": "missing"}, "texthash:/a", facts={"/a": file})
    assert holds({"built": "older"}, "proxy:hash:/a", facts={"/a": file, "/a.db": old})
    assert not holds({"built": "older"}, "hash:/a", facts={"/a": old, "/a.db": file})
    # a built table needs no text
    assert not holds({"file": ["missing"]}, "hash:/a", facts={"/a": gone, "/a.db": file})
    two = {"/a": Fact(digest="1"), "/b": Fact(digest="2")}
    assert holds({"path": "/a", "differs_from": "/b"}, facts=two)


def test_certificates() -> None:
    mine = {"/c": Certificate(3, "p", ("*.example.com",)), "/k": Certificate(key="other")}
    assert holds({"days_below": 10, "days_least": 0}, "/c", certificates=mine)
    assert not holds({"days_below": 0}, "/c", certificates=mine)
    row = {"certificate_not_in": "y"}
    assert holds(row, "/k", certificates=mine, values={"y": "/c"})
    assert not holds(
        row, "/k", certificates={**mine, "/k": Certificate(key="p")}, values={"y": "/c"}
    )
    assert not holds({"names_lack": "mx.example.com"}, "/c", certificates=mine)
    assert holds({"names_lack": "example.net"}, "</c", certificates=mine)
    shut = {"/k": Certificate(encrypted=True)}
    assert holds({"encrypted": True}, "/k", certificates=shut)


def test_types_of_tables() -> None:
    row = {"type_missing": ["mysql"]}
    assert holds(row, "mysql:/a", types=frozenset({"hash"}))
    assert not holds(row, "hash:/a mysql:/b", types=frozenset({"hash", "mysql"}))
    assert not holds(row, "mysql:/a")


def test_a_single_setting_fails_what_is_about_it() -> None:
    when = [{"parameter": ["x", "y"], "is": ["yes"]}, {"parameter": "z", "is": ["may"]}]
    rows = {"it": {"when": when, "title": "{name} is {value}", "meaning": "It opens."}}
    ((key, row, values),) = of_setting(rows, "x", "yes", {"z": "may"}.get)
    assert key == "it"
    assert conditions.sentence(row, values) == "x is yes. It opens."
    assert not list(of_setting(rows, "x", "yes"))  # the other one is not known
    assert not list(of_setting(rows, "z", "may", {"x": "yes"}.get))  # not about this one
    assert not list(of_setting({"it": {"when": when, "service": {}}}, "x", "yes", {"z": "may"}.get))
