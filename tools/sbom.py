"""The software bill of materials of a build: which releases of which packages mailhelp was tested with.

Made of requirements/run.lock alone, so that the same source gives the same file, byte for byte. CycloneDX 1.6,
JSON. The build puts it into the wheel (``*.dist-info/sboms/``, PEP 770); by hand: python tools/sbom.py
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

TOP = Path(__file__).resolve().parent.parent

_PACKAGE = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[\w.!+]+)(?: ; (?P<marker>[^\\\n]+?))? \\\n"
    r"(?P<rest>(?:^ +.*\n?)+)",
    re.MULTILINE,
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_USER = re.compile(r"^ +# +(?:via )?(?!via$)([\w.-]+)(?: \(.*\))?$", re.MULTILINE)
_VERSION = re.compile(r'__version__ = "([^"]+)"')


def packages(lock: str) -> list[dict[str, Any]]:
    """The packages of a lock file: ``name``, ``version``, ``marker``, ``hashes``, ``via`` (who needs it)."""
    found = []
    for package in _PACKAGE.finditer(lock):
        found.append(
            {
                "name": package["name"],
                "version": package["version"],
                "marker": package["marker"] or "",
                "hashes": _HASH.findall(package["rest"]),
                "via": _USER.findall(package["rest"]),
            }
        )
    return found


def bill(lock: str, version: str) -> dict[str, Any]:
    """The bill for mailhelp ``version`` by the text of a lock file."""
    rows = packages(lock)
    own = f"pkg:pypi/mailhelp@{version}"
    refs = {"mailhelp": own} | {row["name"]: _purl(row) for row in rows}
    needs: dict[str, list[str]] = {ref: [] for ref in refs.values()}
    for row in rows:
        for user in row["via"]:
            needs[refs[user]].append(refs[row["name"]])
    facts = hashlib.sha256(f"{version}\n{lock}".encode()).hexdigest()
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.UUID(facts[:32], version=5)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "mailhelp",
                "version": version,
                "purl": own,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": [_component(row) for row in rows],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(needed)} for ref, needed in sorted(needs.items())
        ],
    }


def _component(row: dict[str, Any]) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(row),
        "name": row["name"],
        "version": row["version"],
        "purl": _purl(row),
        # each is of one file of the release: the source, or a wheel for one system
        "externalReferences": [
            {
                "type": "distribution",
                "url": _purl(row),
                "hashes": [{"alg": "SHA-256", "content": each} for each in row["hashes"]],
            }
        ],
    }
    if row["marker"]:
        component["scope"] = "optional"
        component["properties"] = [{"name": "mailhelp:only-if", "value": row["marker"]}]
    return component


def _purl(row: dict[str, Any]) -> str:
    return f"pkg:pypi/{row['name']}@{row['version']}"


def write(top: Path = TOP) -> str:
    """The bill of the checkout ``top`` as text."""
    lock = (top / "requirements/run.lock").read_text(encoding="utf-8")
    found = _VERSION.search((top / "mailhelp/__init__.py").read_text(encoding="utf-8"))
    if found is None:
        raise SystemExit("mailhelp/__init__.py has no __version__.")
    return json.dumps(bill(lock, found[1]), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(write())
