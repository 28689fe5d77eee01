from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import REPOSITORY, Run

RunCli = Callable[..., Run]


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    root = tmp_path / "posts"
    root.mkdir()
    for name, category, year in (("a", "信息时代", 2020), ("b", "数学", 2021), ("c", "数学", 2022)):
        fields = f"title: 题{name}\ndate: {year}-01-02\ncategories: {category}\ntags: [概率]"
        text = f"---\n{fields}\n---\n文"
        (root / f"{name}.md").write_text(text, "utf-8")
    return root


def test_build_makes_both_files_and_says_so(run_cli: RunCli, posts: Path, tmp_path: Path) -> None:
    done = run_cli("build", "--posts", posts, "--output", tmp_path / "o", "--name", "书", "-j", 1)
    assert done.code == 0
    assert sorted(path.name for path in (tmp_path / "o").iterdir()) == ["书.epub", "书.pdf"]
    assert "3 chapters" in done.stderr
    assert "0 warnings" in done.stderr


def test_json_goes_to_stdout_alone(run_cli: RunCli, posts: Path, tmp_path: Path) -> None:
    done = run_cli("build", "--posts", posts, "-o", tmp_path / "o", "-f", "epub", "--json")
    summary = done.json()
    assert isinstance(summary, dict)
    assert summary["chapters"] == 3
    assert summary["files"] == [str(tmp_path / "o" / "文集.epub")]


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--category", "数学"], "bc"),
        (["-c", "数学", "-c", "信息时代"], "abc"),
        (["--year", "2021"], "b"),
        (["--since", "2021", "--until", "2022-01-02"], "bc"),
        (["--title", "题a", "--title", "题c"], "ac"),
        (["--exclude", "题a", "--limit", "1"], "b"),
        (["--order", "date-desc"], "cba"),
        (["--tag", "概率"], "abc"),
    ],
)
def test_list_posts(run_cli: RunCli, posts: Path, options: list[str], names: str) -> None:
    done = run_cli("list", "posts", "--posts", posts, *options, "--json")
    found = done.json()
    assert isinstance(found, list)
    assert "".join(post["slug"] for post in found) == names


def test_list_categories_and_tags(run_cli: RunCli, posts: Path) -> None:
    assert run_cli("list", "categories", "--posts", posts).stdout == "2  数学\n1  信息时代\n"
    assert run_cli("list", "tags", "--posts", posts, "--json").json() == {"概率": 3}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["build", "--year", "21"], 2, "no year"),
        (["build", "--year", "2021", "--since", "2020"], 2, "--year excludes"),
        (["build", "--since", "2022", "--until", "2021"], 2, "later than"),
        (["build", "--page", "a99"], 2, "no page size"),
        (["build", "--format", "docx"], 2, "no format"),
        (["build", "--name", "../x"], 2, "no name"),
        (["build", "--posts", "nowhere"], 3, "no posts folder"),
        (["build", "--category", "信息"], 4, "信息时代 (1)"),
        (["build", "--output", "/dev/null/x", "-f", "epub"], 5, "cannot be written"),
        (["build", "--theme", "nowhere"], 7, "no theme folder"),
        (["build", "--nonsense"], 2, "No such option"),
    ],
)
def test_errors_are_one_line_with_a_code_of_their_own(
    run_cli: RunCli, posts: Path, arguments: list[str], code: int, words: str
) -> None:
    if "--posts" not in arguments:
        arguments = [*arguments, "--posts", str(posts)]
    done = run_cli(*arguments)
    assert done.code == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_check_reports_and_writes_nothing(run_cli: RunCli, posts: Path) -> None:
    (posts / "d.md").write_text("---\ntitle: 丁\n---\n\n![](none.png)\n", "utf-8")
    done = run_cli("check", "--posts", posts)
    assert done.code == 0
    assert "d.md:5: missing-image: there is no image none.png" in done.stderr
    assert "hint: correct the path" in done.stderr
    assert run_cli("check", "--posts", posts, "--strict").code == 9
    assert {path.suffix for path in posts.iterdir()} == {".md"}


def test_a_missing_pango_is_said_to_be_missing(
    run_cli: RunCli, posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import builtins

    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "kexue_book.pdf.write":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "kexue_book.pdf.write", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    done = run_cli("build", "--posts", posts, "-o", tmp_path / "o", "-f", "pdf")
    assert done.code == 6
    assert "Pango" in done.stderr
    assert "apt install" in done.stderr


def test_a_missing_chinese_font_is_said_to_be_missing(
    run_cli: RunCli, posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    for kind in ("epub", "pdf"):
        done = run_cli("build", "--posts", posts, "-o", tmp_path / "o", "-f", kind)
        assert done.code == 6
        assert "no Chinese font" in done.stderr


def test_the_installed_command_works(posts: Path) -> None:
    command = [sys.executable, "-m", "kexue_book", "list", "categories", "--posts", str(posts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "数学" in done.stdout


def test_version(run_cli: RunCli) -> None:
    import kexue_book

    assert kexue_book.__version__ in run_cli("--version").stdout
    assert kexue_book.__version__ in (REPOSITORY / "pyproject.toml").read_text("utf-8")
