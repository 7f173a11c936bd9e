"""BibTeX, read entry by entry, and the little LaTeX that its values hold.

A slip in one entry is a fault of that entry, at its line, and leaves the others whole.
The form is that of the BibTeX manual ("BibTeXing", O. Patashnik 1988); `biblatex` and
the exports of Zotero, PubMed and Crossref write the same.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import NoReturn

from sitebuild.faults import FileReport
from sitebuild.read.fields import Raw

FORM = "an entry is `@article{its-key, title = {Its title}, author = {Family, Given}}`"
_ENTRY = re.compile(r"@\s*(?P<type>\w+)\s*[{(]")
_NEXT_ENTRY = re.compile(r"^[ \t]*@\s*\w+\s*[{(]", re.MULTILINE)
_NAME = re.compile(r"\s*(?P<name>[\w:.+-]+)\s*=\s*")
_WORD = re.compile(r"[^\s,#{}\"=]+")
_SPACE = re.compile(r"\s*")
_COMMENT = re.compile(r"^[ \t]*%.*", re.MULTILINE)
_BRACKET = re.compile(r"(?<!\\)[{}()]")
_DELIMITER = re.compile(r'(?<!\\)[{}"]')
_FIELD_WITHIN = re.compile(r",\s*[a-z]+\s*=\s*(?:[{\"]|\d)", re.IGNORECASE)
_IGNORED = ("comment", "preamble")
# How the lines of other formats begin.
_FOREIGN = (
    (re.compile(r"[A-Z]{2,4} *- "), "the format of PubMed (.nbib) or RIS"),
    (re.compile(r"%[0-9A-Z] "), "the format of EndNote"),
    (re.compile(r"[\[{]"), "CSL-JSON"),
    (re.compile(r"<"), "XML"),
)


@dataclass
class Entry:
    """An entry as it was written: each field with its line.

    `words` are those of a key that is none.
    """

    key: str
    line: int
    fields: dict[str, Raw] = field(default_factory=dict)
    words: tuple[str, ...] = ()


class _BadEntryError(ValueError):
    """Raised where an entry cannot be read: what is wrong, and what to do."""

    def __init__(self, position: int, found: str, remedy: str) -> None:
        super().__init__(found)
        self.position = position
        self.found = found
        self.remedy = remedy


def read_entries(text: str, file: FileReport) -> Iterator[Entry]:
    """Yield the entries of some BibTeX; one that cannot be read is a fault.

    So is text outside the entries, but for lines that begin with `%`.
    """
    breaks = [found.start() for found in re.finditer("\n", text)]
    # Of equal length, and no comment has the sign of an entry.
    scanned = _COMMENT.sub(lambda it: it[0].replace("@", " "), text)
    macros: dict[str, str] = {}
    position = 0
    while opened := _ENTRY.search(scanned, position):
        line = bisect_left(breaks, opened.start()) + 1
        _check_outside(text[position : opened.start()], line, file)
        following = _NEXT_ENTRY.search(scanned, opened.end())
        most = following.start() if following else len(text)
        end = _end_of(text, opened.end(), most)
        position = end + 1 if end >= 0 else most
        kind = opened["type"].lower()
        if kind in _IGNORED:
            continue
        reader = _EntryReader(text, opened.end(), end if end >= 0 else most, macros)
        entry = Entry("", line)
        try:
            reader.read(entry, breaks, has_key=kind != "string")
            if end < 0:
                _raise_unclosed(entry, opened.start())
        except _BadEntryError as error:
            line = bisect_left(breaks, error.position) + 1
            _add_bad(entry, line, error, file)
        else:
            if kind == "string":
                macros |= {key: raw.value for key, raw in entry.fields.items()}
                continue
            _check_repeated(entry, reader.repeated, file)
            yield entry
    _check_outside(text[position:], bisect_left(breaks, len(text)) + 1, file)


def _add_bad(entry: Entry, line: int, error: _BadEntryError, file: FileReport) -> None:
    name = f'the reference "{entry.key}"' if entry.key else "a reference"
    found = f"{name} cannot be read: {error.found}"
    file.add(line, found, FORM, error.remedy, entry.key, *entry.words)


def _check_repeated(entry: Entry, repeated: Sequence[Raw], file: FileReport) -> None:
    for raw in repeated:
        file.add(
            raw.line,
            f'the field "{raw.value}" stands twice in "{entry.key}"',
            "each field is allowed once",
            "remove one of the two",
        )


def _check_outside(text: str, last: int, file: FileReport) -> None:
    """Report the first line between two entries that is neither blank nor a comment.

    `last` is the number of the last line of the text.
    """
    lines = text.split("\n")
    for number, line in enumerate(lines, last - len(lines) + 1):
        written = line.strip()
        why = ""
        for pattern, name in _FOREIGN:
            if pattern.match(written):
                why = f"it is {name}"
        if written and not written.startswith("%"):
            why = why or "it is outside every entry"
        if why:
            file.add(
                number,
                f'"{written[:40]}" is no BibTeX: {why}',
                FORM,
                "export it as BibTeX (.bib), or put `%` before a comment",
                *re.findall(r"[\w:.+-]+", text),
            )
            return


def _end_of(text: str, position: int, most: int) -> int:
    """Return where the bracket ends that is open at a position; -1 if nowhere."""
    depths = {"{": 0, "(": 0}
    opening = text[position - 1]
    for found in _BRACKET.finditer(text, position, most):
        opened = "{" if found[0] in "{}" else "("
        if found[0] in "{(":
            depths[opened] += 1
        elif depths[opened] == 0 and opened == opening:
            return found.start()
        else:
            depths[opened] -= 1
    return -1


def _raise_unclosed(entry: Entry, begin: int) -> NoReturn:
    """Raise _BadEntryError for an entry without an end, or a value that took it."""
    for name, raw in entry.fields.items():
        if _FIELD_WITHIN.search(raw.value):
            found = f'the value of "{name}", at line {raw.line}, does not end'
            raise _BadEntryError(begin, found, "close it with `}`")
    raise _BadEntryError(begin, "it is not closed", "add a line `}` where it ends")


class _EntryReader:
    """Reads one entry, whose text ends where its last brace does."""

    def __init__(
        self, text: str, begin: int, end: int, macros: Mapping[str, str]
    ) -> None:
        self.text = text
        self.at = begin
        self.end = end
        self.macros = macros
        self.repeated: list[Raw] = []

    def read(self, entry: Entry, breaks: Sequence[int], *, has_key: bool) -> None:
        """Read key and fields into an entry; raises _BadEntryError.

        `breaks` are the positions of the ends of lines.
        """
        if has_key:
            self._read_key(entry)
        while True:
            self._skip()
            if self.at >= self.end:
                return
            start = self.at
            named = _NAME.match(self.text, start, self.end)
            if not named:
                word = self.text[start : self.end].split("\n", 1)[0].strip()
                raise _BadEntryError(
                    start, f'"{word[:40]}" is no field', "write `name = {value},`"
                )
            name = named["name"].lower()
            line = bisect_left(breaks, named.start("name")) + 1
            self.at = named.end()
            value = self._value(name, start)
            if name in entry.fields:
                self.repeated.append(Raw(name, line))
            entry.fields[name] = Raw(value, line)
            self._skip()
            if self.at < self.end and self.text[self.at] != ",":
                raise _BadEntryError(
                    named.start("name"),
                    f'no comma follows the value of "{name}"',
                    "add it there",
                )
            self.at += 1

    def _read_key(self, entry: Entry) -> None:
        comma = self.text.find(",", self.at, self.end)
        end = comma if comma >= 0 else self.end
        key = self.text[self.at : end].strip()
        if not re.fullmatch(r"[^\s={}\"#%~\\]+", key):
            found = (
                f'its key "{key[:40]}" has blanks or signs' if key else "it has no key"
            )
            if "=" in key:
                found, key = "it has no key", ""
            written = re.sub(r"\W+", "", key.lower()) or "its-key"
            entry.words = tuple(key.split())
            raise _BadEntryError(self.at, found, f"write `{written},` as its key")
        entry.key = key
        self.at = end + 1

    def _skip(self) -> None:
        found = _SPACE.match(self.text, self.at, self.end)
        self.at = found.end() if found else self.at

    def _value(self, name: str, start: int) -> str:
        """Return a value: texts in braces or quotes, and words, joined by `#`."""
        value = self._text(name, start)
        self._skip()
        while self.text[self.at : self.at + 1] == "#":
            self.at += 1
            self._skip()
            value += self._text(name, start)
            self._skip()
        return " ".join(value.split())

    def _text(self, name: str, start: int) -> str:
        opening = self.text[self.at : self.at + 1]
        if opening in ("{", '"'):
            return self._delimited(name, start, "}" if opening == "{" else '"')
        word = _WORD.match(self.text, self.at, self.end)
        if not word:
            raise _BadEntryError(
                start, f'"{name}" has no value', f"write `{name} = {{value}},`"
            )
        bare = word[0].lower()
        if not (bare.isdigit() or bare in self.macros or name == "month"):
            rest = self.text[self.at : self.end]
            value = re.split(r"\n|,\s*[\w-]+\s*=", rest, maxsplit=1)[0].rstrip(" ,}")
            raise _BadEntryError(
                self.at,
                f'the value of "{name}" stands without braces',
                f"write `{name} = {{{value}}},`",
            )
        self.at = word.end()
        return self.macros.get(bare, word[0])

    def _delimited(self, name: str, start: int, closing: str) -> str:
        depth = 0
        for found in _DELIMITER.finditer(self.text, self.at + 1, self.end):
            if depth == 0 and found[0] == closing:
                value = self.text[self.at + 1 : found.start()]
                self.at = found.end()
                return value
            depth += {"{": 1, "}": -1}.get(found[0], 0)
        raise _BadEntryError(
            start, f'the value of "{name}" does not end', f"close it with `{closing}`"
        )


_ACCENTS = dict(
    zip("`'^\"~=.uvHcdbrk", map(chr, (
        0x300, 0x301, 0x302, 0x308, 0x303, 0x304, 0x307, 0x306, 0x30C, 0x30B, 0x327,
        0x323, 0x331, 0x30A, 0x328,
    )), strict=True)
)  # fmt: skip
_SYMBOL_TABLE = """
    ss=ß o=ø O=Ø l=ł L=Ł ae=æ AE=Æ oe=œ OE=Œ aa=å AA=Å i=ı j=ȷ th=þ TH=Þ dh=ð DH=Ð dj=đ
    DJ=Đ textless=< textgreater=> textbar=| textendash=– textemdash=— textquoteright=’
    textquoteleft=‘ textquotedblleft=“ textquotedblright=” textquotesingle='
    textasciitilde=~ textasciicircum=^ textunderscore=_ textregistered=® texttrademark=™
    textdegree=° textmu=µ textpm=± texttimes=× textellipsis=… ldots=… dots=… copyright=©
    pounds=£ S=§ P=¶ slash=/ pm=± times=× leq=≤ le=≤ geq=≥ ge=≥ sim=∼ approx=≈ cdot=·
    degree=° circ=° lt=< gt=> percent=% textpercent=% textdollar=$ textbullet=•
"""
_SYMBOLS = dict(pair.split("=") for pair in _SYMBOL_TABLE.split())
# Commands whose text is set as it is.
_WRAPPER_TABLE = """
    emph textit textbf textsc textrm textsf texttt textup textnormal text mbox url
    textsuperscript textsubscript mathrm mathit mathbf relax mkbibemph em it bf sc rm
    protect
"""
_WRAPPERS = frozenset(_WRAPPER_TABLE.split())
_COMMAND = re.compile(
    r"\\(?P<accent>[`'^\"~=.]|[uvHcdbrk](?![a-zA-Z]))\s*"
    r"(?:\{(?:\\(?P<dotless>[ij])|(?P<braced>[^\W\d_]))\s*\}|\\(?P<bare_dotless>[ij])"
    r"(?![a-zA-Z])|(?P<bare>[^\W\d_]))"
    r"|\\(?P<sign>[&%$#_{} ~^,;:/@-])(?:\{\})?|\\(?P<name>[a-zA-Z]+)\s*(?:\{\}|(?!\{))?"
)
_QUOTATION = re.compile(r"\\(?:enquote|mkbibquote)\{([^{}]*)\}")
_LIGATURES = (("---", "—"), ("--", "–"), ("``", "“"), ("''", "”"), ("~", "\u00a0"))


def plain(latex: str) -> str:
    """Return the plain text of a value; raises ValueError where some would be lost."""
    text = latex
    for written, meant in _LIGATURES:
        text = re.sub(rf"(?<!\\){re.escape(written)}", meant, text)
    text = _QUOTATION.sub(r"“\1”", text)
    text = re.sub(r"(?<!\\)\$(?P<math>[^$]*)\$", _math, text)
    text = _COMMAND.sub(_character, text)
    if re.search(r"(?<!\\)\$", text):
        raise ValueError(f'"{latex}" holds mathematics, which is set as plain text')
    text = re.sub(r"[{}]", "", text)
    return unescape(text.translate(_RESTORED))


# What a command stands for that has a meaning of its own in LaTeX.
_SET_ASIDE = {"{": "\ue001", "}": "\ue002", "$": "\ue003", "\\": "\ue004"}
_RESTORED = {ord(aside): sign for sign, aside in _SET_ASIDE.items()}


def _math(found: re.Match[str]) -> str:
    """Return a formula of letters, digits and simple signs as its text."""
    text = _COMMAND.sub(_character, found["math"])
    if re.search(r"[\\^_]", text):
        raise ValueError(f'"{found[0]}" is mathematics, which is set as plain text')
    return text


def _character(found: re.Match[str]) -> str:
    if found["accent"]:
        letter = found["dotless"] or found["braced"] or found["bare_dotless"]
        marked = (letter or found["bare"]) + _ACCENTS[found["accent"]]
        return unicodedata.normalize("NFC", marked)
    if found["sign"]:
        return _SET_ASIDE.get(found["sign"], found["sign"].strip("-/,;:@"))
    name = found["name"]
    if name in _WRAPPERS:
        return ""
    if name in _SYMBOLS:
        return _SYMBOLS[name]
    if name == "textbackslash":
        return _SET_ASIDE["\\"]
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {case} LETTER {name}")
    except KeyError:
        raise ValueError(
            f'"\\{name}" is a command that is not known: write the character itself'
        ) from None


def web_address(latex: str) -> str:
    """Return the address in a value, without its LaTeX."""
    text = re.sub(r"\\url\s*\{(.*)\}", r"\1", latex)
    text = re.sub(r"\{?\\(?:~|textasciitilde)\s*(?:\{\})?\}?", "~", text)
    text = re.sub(r"\{?\\([_%&#])\}?", r"\1", text.replace("$\\sim$", "~"))
    return re.sub(r"[{}<>]", "", unescape(text)).strip()
