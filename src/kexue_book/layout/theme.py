"""Templates and style sheets: the built-in ones, replaced file by file by a theme's.

A theme is a folder with ``templates/`` and ``styles/``; what it does not have comes from us. A
theme may be downloaded, so its templates run in a sandbox.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

import kexue_book
from kexue_book.errors import ThemeError
from kexue_book.layout.labels import labels_for

_COMPARE = "compare with the built-in templates"


class Layout:
    """The templates and styles of one book."""

    def __init__(
        self, theme: Path | None = None, language: str = "zh-CN", *, own_cover: bool = False
    ) -> None:
        """Look for files in ``theme`` first; ``own_cover`` says that the user brings the cover.

        Raises:
            ThemeError: there is no such folder.
        """
        if theme is not None and not theme.is_dir():
            raise ThemeError(f"there is no theme folder {theme}", hint="give --theme a folder")
        self.theme = theme
        self.language = language
        self.labels = labels_for(language)
        self._folders = [*([theme] if theme is not None else []), built_in_folder()]
        # Our own templates need no sandbox, which more than doubles the time they take.
        kind = jinja2.Environment if theme is None else ImmutableSandboxedEnvironment
        self._environment = kind(
            loader=jinja2.FileSystemLoader([folder / "templates" for folder in self._folders]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            labels=self.labels,
            language=language,
            own_cover=own_cover,
            version=kexue_book.__version__,
        )
        self._environment.filters["markup"] = Markup

    def render(self, name: str, /, **values: Any) -> str:
        """Fill a template.

        Raises:
            ThemeError: it is not there or broken; the message says where.
        """
        try:
            return self._environment.get_template(name).render(values)
        except jinja2.TemplateNotFound as problem:
            raise ThemeError(f"there is no template {problem.name}", hint=_COMPARE) from problem
        except jinja2.TemplateSyntaxError as problem:
            raise ThemeError(
                f"the template is broken: {problem.message}",
                path=problem.filename or problem.name,
                line=problem.lineno,
                hint="see https://jinja.palletsprojects.com/templates/",
            ) from problem
        except Exception as problem:  # a template is a program: it may raise anything
            path, line = self._place(problem)
            raise ThemeError(
                f"the template fails: {problem}", path=path or name, line=line, hint=_COMPARE
            ) from problem

    def _place(self, problem: Exception) -> tuple[str | None, int | None]:
        """Return the template's file and line that ``problem`` comes from, as Jinja tells it."""
        templates = tuple(str(folder / "templates") for folder in self._folders)
        for frame in reversed(traceback.extract_tb(problem.__traceback__)):
            if frame.filename.startswith(templates):
                return frame.filename, frame.lineno
        return None, None

    def is_built_in(self, name: str) -> bool:
        """Whether a template is ours, not the theme's."""
        return self.theme is None or not (self.theme / "templates" / name).is_file()

    def style(self, name: str) -> str:
        """Return a style sheet's text.

        Raises:
            ThemeError: it is not there or not readable.
        """
        for folder in self._folders:
            path = folder / "styles" / name
            try:
                if path.is_file():
                    return path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as problem:
                raise ThemeError(f"the style sheet cannot be read: {problem}", path=path) from None
        raise ThemeError(f"there is no style sheet {name}")


def built_in_folder() -> Path:
    """Return the folder with our ``templates`` and ``styles``: in the wheel, else in the sources.

    Raises:
        ThemeError: the installation is not complete.
    """
    package = Path(kexue_book.__file__).parent
    candidates: Sequence[Path] = (package, package.parent.parent)
    for folder in candidates:
        if (folder / "templates").is_dir() and (folder / "styles").is_dir():
            return folder
    raise ThemeError("the built-in templates are missing", hint="install kexue-book again")
