"""What mailhelp is built of: releases with hashes for the tests, ranges for users, a bill of it in the wheel."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

TOP = Path(__file__).parent.parent
sys.path.insert(0, str(TOP / "tools"))
import sbom  # noqa: E402  # a tool, no part of the package

LOCKS = ("run", "test")
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))


def lock(name: str) -> str:
    return (TOP / f"requirements/{name}.lock").read_text(encoding="utf-8")


def names(rows: list[str]) -> set[str]:
    return {re.split(r"[<>=~ ;\[]", row)[0].lower() for row in rows}


@pytest.mark.parametrize("name", LOCKS)
def test_each_release_has_hashes_and_no_place(name: str) -> None:
    packages = sbom.packages(lock(name))
    assert len(packages) == len(re.findall(r"^\S+==", lock(name), re.MULTILINE)) > 10
    for package in packages:
        assert package["hashes"], package["name"]
    assert not re.search(r"https?:|file:|@ |--index|--find-links|^/", lock(name), re.MULTILINE)


def test_all_that_is_needed_is_locked() -> None:
    run = {package["name"] for package in sbom.packages(lock("run"))}
    tests = {package["name"] for package in sbom.packages(lock("test"))}
    assert names(PROJECT["project"]["dependencies"]) <= run
    for extra in ("test", "cluster"):
        assert names(PROJECT["project"]["optional-dependencies"][extra]) <= tests
    assert names(PROJECT["build-system"]["requires"]) <= tests
    assert run <= tests


def test_the_locks_agree() -> None:
    tests = {package["name"]: package["version"] for package in sbom.packages(lock("test"))}
    for package in sbom.packages(lock("run")):
        assert tests[package["name"]] == package["version"]


def test_users_get_ranges() -> None:
    for row in PROJECT["project"]["dependencies"]:
        assert re.fullmatch(r"[\w-]+>=[\d.]+,<\d+", row)


def test_the_bill_is_whole_and_always_the_same() -> None:
    text = sbom.write()
    assert text == sbom.write()
    bill = json.loads(text)
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", bill["serialNumber"])
    refs = [component["bom-ref"] for component in bill["components"]]
    own = bill["metadata"]["component"]
    assert own["version"] == metadata.version("mailhelp")
    assert len(set(refs)) == len(refs) == len(sbom.packages(lock("run")))
    needs = {row["ref"]: row["dependsOn"] for row in bill["dependencies"]}
    assert set(needs) == {*refs, own["bom-ref"]}
    assert len(needs[own["bom-ref"]]) == len(PROJECT["project"]["dependencies"])
    reached, left = set(), [own["bom-ref"]]
    while left:
        ref = left.pop()
        if ref not in reached:
            reached.add(ref)
            left += needs[ref]
    assert reached == set(needs)
