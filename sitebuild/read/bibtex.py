"""BibTeX, cut entry by entry, and the little LaTeX that its values hold.

A slip in one entry is a fault of that entry, at its line, and leaves the others whole.
The form is that of the BibTeX manual ("BibTeXing", O. Patashnik 1988); `biblatex` and
the exports of Zotero, PubMed and Crossref write the same.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from sitebuild.faults import Report
from sitebuild.read.fields import Raw, add_repeated

FORM = "an entry is `@article{its-key, title = {Its title}, author = {Family, Given}}`"
_DEPTH = 6  # of braces in braces
_BRACES = r"\{(?:\\.|[^{}\\])*+\}"
for _ in range(_DEPTH):
    _BRACES = rf"\{{(?:\\.|[^{{}}\\]|{_BRACES})*+\}}"
_OPENING = re.compile(r"(?:^|(?<=\}))[ \t]*@\s*(?P<type>\w+)\s*[{(]", re.MULTILINE)
_END = r"\s*(?:,|(?=[})]))"
_KEY = re.compile(rf"\s*(?P<key>[^\s={{}}\"#%~\\,]+){_END}")
_PIECE = rf'(?:{_BRACES}|"(?:\\.|[^"{{}}\\]|{_BRACES})*+"|[^\s,#{{}}()"=]+)'
_FIELD = re.compile(
    rf"[\s,]*(?P<name>[\w:.+-]+)\s*=\s*(?P<value>{_PIECE}(?:\s*#\s*{_PIECE})*){_END}",
    re.DOTALL,
)
_CLOSING = re.compile(r"[\s,]*[})]")


@dataclass
class Entry:
    """An entry as it was written: each field with its line."""

    key: str
    line: int
    fields: dict[str, Raw] = field(default_factory=dict)


def read_entries(text: str, file: Report) -> Iterator[Entry]:
    """Yield the entries of some BibTeX; one that cannot be read is a fault.

    So is text outside the entries, but for lines that begin with `%`.
    """
    macros: dict[str, str] = {}
    begins = [it.start() for it in _OPENING.finditer(text)]
    _check_outside(text[: begins[0]] if begins else text, 1, file)
    line, position = 1, 0
    for begin, end in itertools.pairwise([*begins, len(text)]):
        line += text.count("\n", position, begin)
        position = begin
        entry = _read(text[begin:end], line, macros, file)
        if entry:
            yield entry


def _read(chunk: str, line: int, macros: dict[str, str], file: Report) -> Entry | None:
    """Return the entry that some text begins with; definitions go to the macros."""
    opened = _OPENING.match(chunk)
    assert opened
    kind, at = opened["type"].lower(), opened.end()
    if kind in ("comment", "preamble"):
        return None
    is_macro = kind == "string"
    key = None if is_macro else _KEY.match(chunk, at)
    entry = Entry(key["key"] if key else "", line)
    at = key.end() if key else at
    while (key or is_macro) and (found := _FIELD.match(chunk, at)):
        at, name = found.end(), found["name"].lower()
        number = line + chunk.count("\n", 0, found.start("name"))
        if name in entry.fields:
            add_repeated("field", name, number, file)
        entry.fields[name] = Raw(_joined(found["value"], macros), number)
    closed = _CLOSING.match(chunk, at)
    if not closed:
        _add_unread(chunk, at, entry, file)
        return None
    at = closed.end()
    _check_outside(chunk[at:], line + chunk.count("\n", 0, at), file)
    if not is_macro:
        return entry
    macros |= {name: raw.value for name, raw in entry.fields.items()}
    return None


def _joined(value: str, macros: Mapping[str, str]) -> str:
    """Return the text of a value, whose parts stand between signs `#`."""
    parts = (it.group() for it in re.finditer(_PIECE, value, re.DOTALL))
    texts = (it[1:-1] if it[0] in '{"' else macros.get(it.lower(), it) for it in parts)
    return " ".join("".join(texts).split())


def _add_unread(chunk: str, at: int, entry: Entry, file: Report) -> None:
    """Report where the text of an entry cannot be read on."""
    rest = chunk[at:].lstrip(", \t\n")
    number = entry.line + chunk.count("\n", 0, len(chunk) - len(rest))
    names = [entry.key]
    of = f'the reference "{entry.key}"' if entry.key else "a reference"
    found = f'{of} cannot be read at "{rest.partition(chr(10))[0][:40]}"'
    remedy = "write `name = {value},` there: braces in pairs, a comma behind them"
    if not entry.key:
        names += re.findall(r"[^\s,{}]+", rest.partition(",")[0])
        remedy = "write its key there, one word without blanks, and a comma behind it"
    elif not rest:
        found, number = f"{of} is not closed", entry.line
        remedy = "add a line `}` where it ends"
    file.add(number, found, FORM, remedy, *names)


def _check_outside(text: str, first: int, file: Report) -> None:
    """Report the first line outside the entries that is neither blank nor a comment."""
    for number, line in enumerate(text.split("\n"), first):
        if re.match(r"\s*(?:[^%\s]|%[0-9A-Z] )", line):  # EndNote begins so
            found = f'"{line.strip()[:40]}" is no BibTeX'
            remedy = "export it as BibTeX (.bib), or put `%` before a comment"
            file.add(number, found, FORM, remedy, *re.findall(r"[\w:.+-]+", text))
            return


def split(text: str, separator: str) -> list[str]:
    """Return the parts of a text between separators that stand in no braces."""
    hidden = re.sub(_BRACES, lambda it: "\0" * len(it[0]), text)
    edges = [0, len(text)]
    for found in re.finditer(separator, hidden, re.IGNORECASE):
        edges[-1:-1] = found.span()
    return [
        text[begin:end].strip()
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]


_ACCENTS = dict(
    zip("`'^\"~=.uvHcdbrk", map(chr, (
        0x300, 0x301, 0x302, 0x308, 0x303, 0x304, 0x307, 0x306, 0x30C, 0x30B, 0x327,
        0x323, 0x331, 0x30A, 0x328,
    )), strict=True)
)  # fmt: skip
_SYMBOL_TABLE = r"""
    ss=ß o=ø O=Ø l=ł L=Ł ae=æ AE=Æ oe=œ OE=Œ aa=å AA=Å i=ı j=ȷ th=þ TH=Þ dh=ð DH=Ð dj=đ
    DJ=Đ textless=< textgreater=> textbar=| textendash=– textemdash=— textquoteright=’
    textquoteleft=‘ textquotedblleft=“ textquotedblright=” textquotesingle='
    textasciitilde=~ textasciicircum=^ textunderscore=_ textregistered=® texttrademark=™
    textdegree=° textmu=µ textpm=± texttimes=× textellipsis=… ldots=… dots=… copyright=©
    pounds=£ S=§ P=¶ slash=/ pm=± times=× leq=≤ le=≤ geq=≥ ge=≥ sim=∼ approx=≈ cdot=·
    degree=° circ=° lt=< gt=> percent=% textpercent=% textdollar=$ textbullet=•
    """
# Commands whose text is set as it is.
_WRAPPERS = """
    emph textit textbf textsc textrm textsf texttt textup textnormal text mbox url
    textsuperscript textsubscript mathrm mathit mathbf relax mkbibemph em it bf sc rm
    protect
"""
_COMMANDS = dict.fromkeys(_WRAPPERS.split(), "")
_COMMANDS |= dict(pair.split("=") for pair in _SYMBOL_TABLE.split())


def _accented(found: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", found["letter"] + _ACCENTS[found["accent"]])


def _command(found: re.Match[str]) -> str:
    name = found[1]
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        if name in _COMMANDS:
            return _COMMANDS[name]
        return unicodedata.lookup(f"GREEK {case} LETTER {name}")
    except KeyError:
        raise ValueError(
            f'"\\{name}" is a command that is not known: write the character itself'
        ) from None


# What is read one after the other; a sign behind a backslash is itself, and last.
_STEPS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"\\(?:enquote|mkbibquote)\{([^{}]*)\}", "“\\1”"),
    (
        r"\\(?P<accent>[`'^\"~=.]|[uvHcdbrk](?![a-zA-Z]))"
        r"\s*\{?(?:\\(?=[ij](?![a-zA-Z])))?(?P<letter>[^\W\d_])\}?",
        _accented,
    ),
    (r"\\([a-zA-Z]+)\s*", _command),
    (r"(?<!\\)\$((?:\\[%&# ]|[^$^_\\])*)\$", r"\1"),
    *(("---", "—"), ("--", "–"), ("``", "“"), ("''", "”")),
    (r"(?<!\\)[{}]|\\[-/,;:@]", ""),
    (r"(?<!\\)~", "\u00a0"),
)
_SIGN = r"\\([&%$#_{} ~^])"


def plain(latex: str) -> str:
    """Return the plain text of a value; raises ValueError where some would be lost."""
    text = latex
    for pattern, by in _STEPS:
        text = re.sub(pattern, by, text)
    if re.search(r"\\|\$", re.sub(_SIGN, "", text)):
        raise ValueError(f'"{latex}" holds mathematics or a command, not plain text')
    return unescape(re.sub(_SIGN, r"\1", text))


def web_address(latex: str) -> str:
    """Return the address in a value, without its LaTeX."""
    text = re.sub(r"\$\\sim\$|\\(?:~|textasciitilde)\s*", "~", latex)
    text = re.sub(r"\\([_%&#])|\\url\b", r"\1", text)
    return re.sub(r"[{}<>]", "", unescape(text)).strip()
