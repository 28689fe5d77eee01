"""The writer of PDF objects, and what is taken apart for it: qpdf has to read the same again."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from conftest import BuildBook
from kexue_book.pdf.binding import put_objects
from kexue_book.pdf.object_file import ObjectFile, rounded, string
from kexue_book.pdf.taking_apart import take_objects

Tree = object
TEXTS = st.text(max_size=20)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
TREES = st.recursive(
    st.one_of(NUMBERS, TEXTS, st.binary(max_size=20)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.text(st.characters(codec="ascii"), min_size=1, max_size=8), inner),
    ),
    max_leaves=20,
)


def finished(file: ObjectFile, written: io.BytesIO, root: bytes = b"") -> pikepdf.Pdf:
    pages = file.add(b"<</Type/Pages/Kids[]/Count 0>>")
    catalog = file.add(b"<</Type/Catalog/Pages %d 0 R%b>>" % (pages, root))
    file.finish(catalog, file.add(b"<<>>"))
    return pikepdf.open(written)


def as_pdf(tree: Tree, pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Return a tree as objects, the containers indirect."""
    if isinstance(tree, list):
        return pdf.make_indirect(pikepdf.Array([as_pdf(kid, pdf) for kid in tree]))
    if isinstance(tree, dict):
        made = pikepdf.Dictionary()
        for name, kid in tree.items():
            made[_key(name)] = as_pdf(kid, pdf)
        return pdf.make_indirect(made)
    if isinstance(tree, bytes):
        return pdf.make_stream(tree)
    if isinstance(tree, str):
        return pikepdf.String(tree)
    return pikepdf.Array([tree])


def _key(name: str) -> str:
    # pikepdf drops entries that are called like what it handles itself.
    return f"/K{name.replace(chr(0), '0')}"


def same(tree: Tree, found: pikepdf.Object) -> bool:
    if isinstance(tree, list):
        return len(tree) == len(found) and all(map(same, tree, found.as_list()))
    if isinstance(tree, dict):
        return all(same(kid, found[_key(name)]) for name, kid in tree.items())
    if isinstance(tree, bytes):
        return bool(found.read_bytes() == tree)
    if isinstance(tree, str):
        return str(found) == tree
    return found.as_list() == [tree]


@pytest.mark.hypothesis
@given(st.lists(TREES, min_size=1, max_size=4))
def test_objects_come_through_as_they_were(trees: list[Tree]) -> None:
    with pikepdf.Pdf.new() as source:
        roots = [source.make_indirect(pikepdf.Array([as_pdf(tree, source)])) for tree in trees]
        pieces = take_objects(source, roots)
    written = io.BytesIO()
    file = ObjectFile(written)
    numbers = [file.reserve() for _ in roots]
    put_objects(file, pieces, numbers)
    with finished(file, written) as pdf:
        for number, tree in zip(numbers, trees, strict=True):
            assert same(tree, pdf.get_object((number, 0))[0])


@pytest.mark.hypothesis
@given(st.text())
def test_strings_are_read_as_they_were_written(text: str) -> None:
    written = io.BytesIO()
    file = ObjectFile(written)
    number = file.add(b"[%b]" % string(text))
    with finished(file, written) as pdf:
        expected = text.encode("utf-16-be", "replace").decode("utf-16-be")
        assert str(pdf.get_object((number, 0))[0]) == expected


def test_more_objects_than_fit_into_a_stream() -> None:
    written = io.BytesIO()
    file = ObjectFile(written)
    numbers = [file.add(b"[%d]" % n) for n in range(1000)]
    with finished(file, written) as pdf:
        assert [int(pdf.get_object((n, 0))[0]) for n in numbers] == list(range(1000))
        assert pdf.trailer.ID[0] == pdf.trailer.ID[1]


def test_a_number_without_an_object_is_noticed() -> None:
    file = ObjectFile(io.BytesIO())
    file.reserve()
    with pytest.raises(ValueError, match="object 1 was never put"):
        file.finish(2, 3)


def test_lengths_are_short() -> None:
    lengths = (1.0, 2.504, -0.1, 100.129, -0.001, 0, 10.5, 20)
    written = (b"1", b"2.5", b"-.1", b"100.13", b"0", b"0", b"10.5", b"20")
    assert tuple(map(rounded, lengths)) == written


def test_an_image_of_several_posts_is_in_the_file_once(
    build_book: BuildBook, tmp_path: Path
) -> None:
    noise = Image.effect_noise((80, 80), 90)
    noise.convert("RGB").save(tmp_path / "plain.png")
    Image.merge("RGBA", [noise] * 4).save(tmp_path / "clear.png")
    files = {name: (tmp_path / name).read_bytes() for name in ("plain.png", "clear.png")}
    shown = "![甲](plain.png)\n\n![乙](clear.png)\n"
    built = build_book(
        {f"{n}.md": f"---\ntitle: 第{n}篇\n---\n{shown}" for n in range(3)}, files, formats=("pdf",)
    )
    with pikepdf.open(built.pdf) as pdf:
        images = [
            item
            for item in pdf.objects
            if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Image"
        ]
        shown_on = [
            image.objgen
            for page in pdf.pages
            for image in page.obj.Resources.XObject.as_dict().values()
            if image.get("/Subtype") == "/Image"
        ]
    assert len(images) == 3  # the second has a mask
    assert len(set(shown_on)) == 2
    assert len(shown_on) >= 6
