"""This host's settings that main.cf makes, each with its meaning; postconf's complaints first."""

from __future__ import annotations

from mailhelp.answer import Answer, Parameter
from mailhelp.explain import common
from mailhelp.host.postconf import Configuration
from mailhelp.knowledge.library import Library


def explain(library: Library, configuration: Configuration) -> Answer:
    """The answer about the whole configuration; settings that only repeat the default are left out."""
    parameters = []
    for name, here in configuration.parameters.items():
        if here.value != here.default:
            meaning = common.parameter(library, name).meaning
            value = library.redactor.cover_value(name, here.value)
            parameters.append(Parameter(name, here.default, value, here.set, meaning))
    return Answer(
        kind="config",
        recognised="entry",
        title=f"{len(parameters)} settings here differ from the default",
        notes=(
            *configuration.warnings,
            *(
                f"master.cf sets {name} = {library.redactor.cover_value(name, value)}"
                f" for {service.name}/{service.type}."
                for service in configuration.services
                for name, value in service.overrides.items()
            ),
        ),
        parameters=tuple(parameters),
        sources=("postconf(1)", "postconf(5)"),
    )
