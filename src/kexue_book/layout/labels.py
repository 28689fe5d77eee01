"""The words of a book that no post brings along, by language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

_DIGITS = "零一二三四五六七八九"


class Labels:
    """Look a word up by its name: ``labels.contents``. Chinese unless the book is not."""

    def __init__(self, words: Mapping[str, str], *, chinese: bool) -> None:
        """``words`` by name."""
        self._words = words
        self._chinese = chinese

    def __getattr__(self, name: str) -> str:
        """Return the word called ``name``."""
        word = self.__dict__.get("_words", {}).get(name)
        if word is None:
            raise AttributeError(f"there is no label {name!r}")
        return str(word)

    def chapter(self, number: int) -> str:
        """Return ``第 3 章``."""
        return f"第 {number} 章" if self._chinese else f"Chapter {number}"

    def part(self, number: int) -> str:
        """Return ``第三部分``."""
        return f"第{chinese_number(number)}部分" if self._chinese else f"Part {number}"

    def volume(self, number: int, count: int) -> str:
        """Return ``上册`` of two or three, ``卷四`` of more."""
        if not self._chinese:
            return f"Volume {number}"
        if count <= 3:
            return ("上册", "下册")[number - 1] if count == 2 else "上中下"[number - 1] + "册"
        return f"卷{chinese_number(number)}"

    def date(self, date: dt.datetime) -> str:
        """Return ``2023 年 3 月 7 日``."""
        if self._chinese:
            return f"{date.year} 年 {date.month} 月 {date.day} 日"
        return f"{date:%Y-%m-%d}"

    def period(self, dates: Sequence[dt.datetime]) -> str:
        """Return the years that the posts span: ``2015–2023``."""
        years = sorted({date.year for date in dates})
        if not years:
            return ""
        span = str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"
        return f"{span} 年" if self._chinese and len(years) == 1 else span


def chinese_number(number: int) -> str:
    """Return a number up to 99 in Chinese numerals: 12 → 十二; beyond, its digits."""
    if not 0 < number < 100:
        return f" {number} "
    tens, ones = divmod(number, 10)
    text = ("" if tens < 2 else _DIGITS[tens]) + ("十" if tens else "")
    return text + (_DIGITS[ones] if ones else "")


_CHINESE = {
    "cover": "封面",
    "cover_figure": "由全书文章画成的花：见书末“关于本书”",
    "cover_drawing": (
        "每个圆是一篇文章：自内向外依阅读顺序，每篇比前一篇转过黄金角（约 137.5°），如向日葵结籽；"
        "圆的面积随篇幅，颜色随发表时间，圆中每一粒是一个公式，也这样排列；细线连接互相引用的文章。"
    ),
    "title_page": "书名页",
    "book_title": "书名",
    "contents": "目录",
    "body": "正文",
    "landmarks": "导览",
    "colophon": "关于本书",
    "notes": "注释",
    "note": "注",
    "note_back": "回到正文",
    "original": "原文",
    "author": "作者",
    "published": "发表",
    "updated": "更新",
    "tags": "标签",
    "missing_image": "图片未收入",
    "page_reference": "（见第 {page} 页）",
    "page_reference_in_brackets": "，见第 {page} 页",
    "other_volume": "（见{volume}{chapter}{title}）",
    "quoted": "《{title}》",
    "comma": "，",
    "separator": "、",
    "colon": "：",
    "source": "来源",
    "licence": "许可",
    "span": "时间",
    "extent": "篇幅",
    "posts": "收录文章",
    "made_with": "制作",
    "post_count": "共 {count} 篇",
    "no_licence": "文章未注明许可，版权归作者所有。",
    "credits": "正文由 pandoc 读取，公式由 MathJax 排版。",
    "summary": "公式以 MathML 给出并附 LaTeX 源码，可由读屏软件朗读。",
    "summary_drawn": "公式以图形给出，LaTeX 源码为其替代文字，可由读屏软件朗读。",
    "summary_navigation": "目录、标题、注释和交叉引用均可跳转；字体、字号与颜色随读者的设置而变。",
    "summary_pages": "页码与同书的 PDF 一致。",
    "summary_wordless": "有 {count} 幅图片没有替代文字。",
    "pages": "页码",
    "page_source": "《{title}》PDF 版",
}
_ENGLISH = {
    "cover": "Cover",
    "cover_figure": "A flower drawn of all the posts; see “About this book”",
    "cover_drawing": (
        "Each circle is a post: outwards in reading order, each turned from the one before by the "
        "golden angle (about 137.5°), as sunflowers do; its area follows the post’s length, its "
        "colour the date, each seed in it is a formula; thin lines join posts that refer to "
        "each other."
    ),
    "title_page": "Title page",
    "book_title": "Title",
    "contents": "Contents",
    "body": "Text",
    "landmarks": "Landmarks",
    "colophon": "About this book",
    "notes": "Notes",
    "note": "Note ",
    "note_back": "back to the text",
    "original": "Original",
    "author": "Author",
    "published": "Published",
    "updated": "Updated",
    "tags": "Tags",
    "missing_image": "Image not included",
    "page_reference": " (page {page})",
    "page_reference_in_brackets": ", page {page}",
    "other_volume": " (see {volume}, {chapter}{title})",
    "quoted": ", “{title}”",
    "comma": ", ",
    "separator": ", ",
    "colon": ": ",
    "source": "Source",
    "licence": "Licence",
    "span": "Period",
    "extent": "Extent",
    "posts": "Posts in this book",
    "made_with": "Made with",
    "post_count": "{count} posts",
    "no_licence": "The posts state no licence; all rights belong to their authors.",
    "credits": "Text read by pandoc, formulas set by MathJax.",
    "summary": "Formulas are given as MathML with their LaTeX source.",
    "summary_drawn": "Formulas are drawn; their alternative text is their LaTeX source.",
    "summary_navigation": " Contents, headings, notes and references are links; font, size and "
    "colours are the reader's.",
    "summary_pages": " Pages are those of the book's PDF.",
    "summary_wordless": " {count} images have no alternative text.",
    "pages": "Pages",
    "page_source": "{title}, PDF",
}


def labels_for(language: str) -> Labels:
    """Return the labels for a BCP 47 language: Chinese for ``zh…``, else English."""
    chinese = language.lower().startswith("zh")
    return Labels(_CHINESE if chinese else _ENGLISH, chinese=chinese)
