"""The command line as a user meets it: what it prints where, and how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import REPOSITORY, Run
from kexue_book import boundary
from kexue_book.console import counted, printable
from kexue_book.errors import KexueBookError

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
    assert summary["diagnostics"] == []
    assert done.stderr == ""


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
        (["build", "--limit", "0"], 2, "--limit"),
        (["build", "--order", "random"], 2, "date-desc"),
        (["build", "--jobs", "-1"], 2, "--jobs"),
        (["build", "--title", ""], 2, "--title is given an empty text"),
        (["list", "posts", "--until", "2021-13"], 2, "no date"),
        (["list", "tags", "--posts", "nowhere"], 3, "no posts folder"),
        (["check", "--tag", "没有"], 4, "概率 (3)"),
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
    assert done.stdout == ""
    assert list(posts.parent.iterdir()) == [posts]


def test_check_reports_and_writes_nothing(run_cli: RunCli, posts: Path) -> None:
    (posts / "d.md").write_text("---\ntitle: 丁\n---\n\n![](none.png)\n", "utf-8")
    done = run_cli("check", "--posts", posts)
    assert done.code == 0
    assert "d.md:5: missing-image: there is no image none.png" in done.stderr
    assert "hint: correct the path" in done.stderr
    assert "1 warning\n" in done.stderr
    assert run_cli("check", "--posts", posts, "--strict").code == 9
    assert {path.suffix for path in posts.iterdir()} == {".md"}


def test_check_json_lists_the_findings(run_cli: RunCli, posts: Path) -> None:
    (posts / "d.md").write_text("---\ntitle: 丁\n---\n\n![](none.png)\n", "utf-8")
    done = run_cli("check", "--posts", posts, "--json", "--title", "丁")
    found = done.json()
    assert isinstance(found, list)
    assert [(entry["code"], entry["line"], entry["severity"]) for entry in found] == [
        ("missing-image", 5, "warning")
    ]
    assert found[0]["path"] == str(posts / "d.md")


def test_many_findings_of_one_kind_are_counted_unless_asked_for(
    run_cli: RunCli, posts: Path
) -> None:
    images = "\n\n".join(f"![](none{n}.png)" for n in range(12))
    (posts / "d.md").write_text(f"---\ntitle: 丁\n---\n\n{images}\n", "utf-8")
    brief = run_cli("check", "--posts", posts).stderr
    assert brief.count(": missing-image: ") == 8
    assert "… and 4 more missing-image" in brief
    assert "12 warnings" in brief
    full = run_cli("check", "--posts", posts, "--verbose").stderr
    assert full.count(": missing-image: ") == 12
    assert "more missing-image" not in full


def test_a_strict_build_with_a_warning_leaves_the_old_book(
    run_cli: RunCli, posts: Path, tmp_path: Path
) -> None:
    (posts / "d.md").write_text("---\ntitle: 丁\n---\n\n![](none.png)\n", "utf-8")
    old = tmp_path / "o" / "书.epub"
    old.parent.mkdir()
    old.write_bytes(b"old")
    command = ("build", "--posts", posts, "-o", tmp_path / "o", "--name", "书", "-f", "epub")
    assert run_cli(*command, "--strict").code == 9
    assert old.read_bytes() == b"old"
    assert run_cli(*command).code == 0
    assert old.read_bytes() != b"old"
    assert [path.name for path in old.parent.iterdir()] == ["书.epub"]


def test_dump_writes_the_chapters(run_cli: RunCli, posts: Path, tmp_path: Path) -> None:
    (posts / "a.md").write_text("---\ntitle: 甲\n---\n\n正文 $x^2$。\n", "utf-8")
    command = ("build", "--posts", posts, "-o", tmp_path / "o", "-f", "epub", "--title", "甲")
    assert run_cli(*command, "--dump", tmp_path / "d").code == 0
    (page,) = (tmp_path / "d").iterdir()
    assert page.name == "p-a.xhtml"
    assert "正文" in page.read_text("utf-8")
    assert "x^2" in page.read_text("utf-8")


def test_lists_leave_drafts_out_and_name_lost_posts(run_cli: RunCli, posts: Path) -> None:
    (posts / "d.md").write_text("---\ntitle: 丁\ncategories: 生活\ndraft: true\n---\n文", "utf-8")
    (posts / "e.md").write_bytes("题目".encode("utf-16"))
    done = run_cli("list", "categories", "--posts", posts)
    assert "生活" not in done.stdout
    assert "e.md:1: not-utf8: " in done.stderr
    drafts = run_cli("list", "posts", "--posts", posts, "--drafts", "--title", "丁", "--json")
    assert [post["draft"] for post in json.loads(drafts.stdout)] == [True]


def test_texts_of_posts_cannot_steer_the_terminal(run_cli: RunCli, posts: Path) -> None:
    title = '"evil\\e]0;owned\\a\\u202Etxt"'
    (posts / "d.md").write_text(f"---\ntitle: {title}\ndate: 2023-01-01\n---\n文", "utf-8")
    done = run_cli("list", "posts", "--posts", posts, "--title", "evil")
    assert "evil" in done.stdout
    assert not any(mark in done.stdout for mark in "\x1b\a\u202e")
    assert printable("a\x1b[2Jb\nc\udcff 数学") == "a\\x1b[2Jb\\nc\\udcff 数学"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_missing_pango_is_said_to_be_missing(posts: Path, tmp_path: Path, jobs: int) -> None:
    library = tmp_path / "library" / "weasyprint"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    command = [sys.executable, "-m", "kexue_book", "build", "--posts", str(posts)]
    command += ["-o", str(tmp_path / "o"), "-f", "pdf", "--jobs", str(jobs), "--no-cache"]
    # Processes that lay out have the same path.
    environment = {**os.environ, "PYTHONPATH": str(library.parent)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 6
    assert "Pango" in done.stderr
    assert "apt install" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_chinese_font_is_said_to_be_missing(
    run_cli: RunCli, posts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "fonts.conf"
    config.write_text('<?xml version="1.0"?><fontconfig></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    for kind in ("epub", "pdf"):
        # A cover that was drawn before needs no font.
        done = run_cli("build", "--posts", posts, "-o", tmp_path / "o", "-f", kind, "--no-cache")
        assert done.code == 6
        assert "no Chinese font" in done.stderr


@pytest.mark.parametrize(
    ("raised", "code", "line"),
    [
        (KexueBookError("wrong", hint="mend", path="a.md", line=3), 1, "error: a.md:3: wrong\n"),
        (PermissionError(13, "Permission denied", "x/y"), 1, "error: x/y: Permission denied\n"),
        (OSError(28, "No space left on device"), 1, "error: No space left on device\n"),
        (ValueError("two\nlines"), 70, "error: internal error: ValueError: two\n"),
        (RecursionError(), 70, "error: internal error: RecursionError\n"),
        (KeyboardInterrupt(), 130, "interrupted\n"),
    ],
)
def test_whatever_is_raised_ends_in_one_line_and_a_code(
    raised: BaseException, code: int, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @boundary.guarded
    def command(*, verbose: bool) -> None:
        raise raised

    with pytest.raises(SystemExit) as ended:
        command(verbose=False)
    assert ended.value.code == code
    shown = capsys.readouterr()
    assert shown.err.startswith(line)
    assert "Traceback" not in shown.err
    assert shown.out == ""
    with pytest.raises(SystemExit):
        command(verbose=True)
    assert ("Traceback" in capsys.readouterr().err) == (code != 130)


def test_progress_is_plain_lines_where_there_is_no_terminal(
    run_cli: RunCli, posts: Path, tmp_path: Path
) -> None:
    done = run_cli("build", "--posts", posts, "-o", tmp_path / "o", "-f", "epub")
    lines = done.stderr.splitlines()
    assert lines[0] == "reading posts …"
    assert "composing chapters (3) …" in lines
    assert "writing EPUB …" in lines
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 pages"), (1, "1 page"), (2, "2 pages"), (1234, "1,234 pages")]
)
def test_counted(number: int, text: str) -> None:
    assert counted(number, "page") == text


def start(*arguments: object, **options: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kexue_book", *(str(argument) for argument in arguments)]
    return subprocess.Popen(command, **options)  # type: ignore[call-overload, no-any-return]


def test_the_installed_command_works(posts: Path) -> None:
    run = start("list", "categories", "--posts", posts, stdout=subprocess.PIPE)
    assert "数学" in run.communicate()[0].decode()
    assert run.returncode == 0


def test_on_a_terminal_there_is_a_bar(posts: Path, tmp_path: Path) -> None:
    # rich takes this for a terminal, also where there are no pseudo-terminals, as in a container
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "100", "FORCE_COLOR": "1"}
    run = start("check", "--posts", posts, stderr=subprocess.PIPE, env=environment)
    text = run.communicate()[1].decode()
    assert run.returncode == 0
    assert "━" in text
    assert "composing chapters" in text
    assert "composing chapters (3) …" not in text


def test_a_reader_who_leaves_early_is_no_error(posts: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    run = start("list", "posts", "--posts", posts, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert run.communicate()[1] == b""
    assert run.returncode == 0


def test_an_output_that_cannot_show_chinese_gets_escapes(posts: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    run = start(
        *("list", "posts", "--posts", posts, "--limit", "1", "--json"),
        stdout=subprocess.PIPE,
        env=environment,
    )
    assert json.loads(run.communicate()[0])[0]["title"] == "题a"


def test_version(run_cli: RunCli) -> None:
    import kexue_book

    assert kexue_book.__version__ in run_cli("--version").stdout
    assert kexue_book.__version__ in (REPOSITORY / "pyproject.toml").read_text("utf-8")
