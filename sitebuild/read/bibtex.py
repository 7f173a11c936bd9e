"""BibTeX, cut entry by entry, and the little LaTeX that its values hold.

A slip in one entry is a fault of that entry, at its line, and leaves the others whole.
The form is that of the BibTeX manual ("BibTeXing", O. Patashnik 1988); `biblatex` and
the exports of Zotero, PubMed and Crossref write the same.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape

from sitebuild.faults import Report
from sitebuild.read.fields import Raw, add_repeated

FORM = "an entry is `@article{its-key, title = {Its title}, author = {Family, Given}}`"
_OPENING = re.compile(r"(?:^|(?<=\}))[ \t]*@\s*(?P<type>\w+)\s*[{(]", re.MULTILINE)
_SIGN = re.compile(r'(?<!\\)[{}"()]')
# A value where what stands in its braces and quotes is hidden.
_PIECE = r'(?:\{\0*\}|"\0*"|[^\s,#{}"=]+)'
_FIELD = re.compile(
    rf"(?P<name>[\w:.+-]+)\s*=\s*(?P<value>(?:{_PIECE}(?:\s*\#\s*{_PIECE})*)?)"
    r"\s*(?P<end>,?)\s*"
)
_KEY = re.compile(r"[^\s={}\"#%~\\]+")
_FIELD_WITHIN = re.compile(r",\s*[a-z]+\s*=\s*(?:[{\"]|\d)", re.IGNORECASE)
_SHOWN = 200
_IGNORED = ("comment", "preamble")
# How lines begin that are no BibTeX, and what they are.
_FOREIGN = (
    (r"[A-Z]{2,4} *- ", "it is the format of PubMed (.nbib) or RIS"),
    (r"%[0-9A-Z] ", "it is the format of EndNote"),
    (r"[\[{]", "it is CSL-JSON"),
    (r"<", "it is XML"),
    (r"[^%]", "it is outside every entry"),
)


@dataclass
class Entry:
    """An entry as it was written: each field with its line."""

    key: str
    line: int
    fields: dict[str, Raw] = field(default_factory=dict)


class _SlipError(ValueError):
    """Raised where an entry cannot be read: at which line, why, and what to do."""

    def __init__(self, line: int, found: str, remedy: str) -> None:
        super().__init__(found)
        self.line = line
        self.remedy = remedy


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
    kind = opened["type"].lower()
    body = chunk[opened.end() :]
    hidden, end = _hide(body, "}" if opened[0].endswith("{") else ")")
    if end >= 0:
        _check_outside(body[end + 1 :], line + body.count("\n", 0, end), file)
    if kind in _IGNORED:
        return None
    entry = Entry("", line)
    key = "" if kind == "string" else hidden.partition(",")[0]
    try:
        if kind != "string":
            entry.key = _checked_key(key.strip(), line)
        _read_fields(entry, body, hidden, len(key), macros, file)
        if end < 0:
            raise _unclosed(entry)
    except _SlipError as slip:
        name = f'the reference "{entry.key}"' if entry.key else "a reference"
        unread = (entry.key, *key.split())
        found = f"{name} cannot be read: {slip}"
        file.add(slip.line, found, FORM, slip.remedy, *unread)
        return None
    if kind == "string":
        macros |= {name: raw.value for name, raw in entry.fields.items()}
    return entry if entry.key else None


def _hide(text: str, closing: str) -> tuple[str, int]:
    """Return the text up to a bracket, and where that stands; -1 if nowhere.

    What stands in braces or quotes within is hidden, so that a pattern can part it.
    """
    hidden: list[str] = []
    awaited: list[str] = []
    begin = 0
    for found in _SIGN.finditer(text):
        sign, at = found[0], found.start()
        if not awaited and sign == closing:
            return "".join((*hidden, text[begin:at])), at
        if awaited and sign == awaited[-1]:
            awaited.pop()
            if not awaited:
                hidden.append("\0" * (at - begin))
                begin = at
        elif sign == "{" or (sign == '"' and not awaited):
            if not awaited:
                hidden.append(text[begin : at + 1])
                begin = at + 1
            awaited.append("}" if sign == "{" else sign)
    return "".join((*hidden, text[begin:])), -1


def split(text: str, separator: str) -> list[str]:
    """Return the parts of a text between separators that stand in no braces."""
    found = re.finditer(separator, _hide(text, "")[0], re.IGNORECASE)
    edges = [0, *itertools.chain.from_iterable(it.span() for it in found), len(text)]
    return [
        text[begin:end].strip()
        for begin, end in zip(edges[::2], edges[1::2], strict=True)
    ]


def _checked_key(key: str, line: int) -> str:
    if _KEY.fullmatch(key):
        return key
    found = f'its key "{key[:40]}" has blanks or signs'
    written = re.sub(r"\W+", "", key.lower())
    if not key or "=" in key:
        found, written = "it has no key", ""
    raise _SlipError(line, found, f"write `{written or 'its-key'},` as its key")


def _read_fields(
    entry: Entry,
    body: str,
    hidden: str,
    after: int,
    macros: Mapping[str, str],
    file: Report,
) -> None:
    """Read the fields of an entry, which follow its key in the text of its braces."""
    line, position = entry.line, 0
    at = after + len(hidden[after:]) - len(hidden[after:].lstrip(", \t\n"))
    while at < len(hidden):
        line += body.count("\n", position, at)
        position = at
        found = _FIELD.match(hidden, at)
        if not found:
            word = body[at : len(hidden)].split("\n", 1)[0].strip()
            shown = f'"{word[:40]}" is no field'
            raise _SlipError(line, shown, "write `name = {value},`")
        name = found["name"].lower()
        if not found["value"]:
            raise _valueless(name, hidden[found.end("value") :][:1], line)
        if name in entry.fields:
            add_repeated("field", name, line, file)
        value = ""
        for piece in re.finditer(_PIECE, found["value"]):
            begin, end = (found.start("value") + it for it in piece.span())
            rest = body[begin : begin + _SHOWN]
            value += _text(name, body[begin:end], rest, line, macros)
        entry.fields[name] = Raw(" ".join(value.split()), line)
        at = found.end()
        if at < len(hidden) and not found["end"]:
            shown = f'no comma follows the value of "{name}"'
            raise _SlipError(line, shown, "add it there")


def _valueless(name: str, sign: str, line: int) -> _SlipError:
    if sign and sign in '{"':
        closing = "}" if sign == "{" else sign
        found = f'the value of "{name}" does not end'
        return _SlipError(line, found, f"close it with `{closing}`")
    return _SlipError(line, f'"{name}" has no value', f"write `{name} = {{value}},`")


def _text(
    name: str, piece: str, rest: str, line: int, macros: Mapping[str, str]
) -> str:
    """Return a piece of a value; a word is a number, a month or one defined before."""
    if piece[0] in '{"':
        return piece[1:-1]
    if piece.lower() in macros:
        return macros[piece.lower()]
    if piece.isdigit() or name == "month":
        return piece
    value = re.split(r"\n|,\s*[\w-]+\s*=", rest, maxsplit=1)[0].rstrip(" ,}")
    found = f'the value of "{name}" stands without braces'
    raise _SlipError(line, found, f"write `{name} = {{{value}}},`")


def _unclosed(entry: Entry) -> _SlipError:
    """Return the slip of an entry without an end, or of a value that took it."""
    for name, raw in entry.fields.items():
        if _FIELD_WITHIN.search(raw.value):
            found = f'the value of "{name}", at line {raw.line}, does not end'
            return _SlipError(entry.line, found, "close it with `}`")
    remedy = "add a line `}` where it ends"
    return _SlipError(entry.line, "it is not closed", remedy)


def _check_outside(text: str, first: int, file: Report) -> None:
    """Report the first line outside the entries that is neither blank nor a comment."""
    for number, line in enumerate(text.split("\n"), first):
        written = line.strip()
        for pattern, why in _FOREIGN:
            if re.match(pattern, written):
                found = f'"{written[:40]}" is no BibTeX: {why}'
                remedy = "export it as BibTeX (.bib), or put `%` before a comment"
                file.add(number, found, FORM, remedy, *re.findall(r"[\w:.+-]+", text))
                return


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
    textbackslash=\
"""
# Commands whose text is set as it is.
_WRAPPERS = """
    emph textit textbf textsc textrm textsf texttt textup textnormal text mbox url
    textsuperscript textsubscript mathrm mathit mathbf relax mkbibemph em it bf sc rm
    protect
"""
_COMMANDS = dict.fromkeys(_WRAPPERS.split(), "")
_COMMANDS |= dict(pair.split("=") for pair in _SYMBOL_TABLE.split())
_LIGATURES = {"---": "—", "--": "–", "``": "“", "''": "”", "~": "\u00a0"}
_LIGATURES |= {"{": "", "}": ""}
# What is no letter of a value; of two that match, the first.
_LATEX = re.compile(
    r"\\(?:enquote|mkbibquote)\{(?P<quoted>[^{}]*)\}"
    r"|\\(?P<accent>[`'^\"~=.]|[uvHcdbrk](?![a-zA-Z]))"
    r"\s*\{?(?:\\(?=[ij](?![a-zA-Z])))?(?P<letter>[^\W\d_])\}?"
    r"|\\(?P<sign>[&%$#_{} ~^,;:/@-])"
    r"|\\(?P<name>[a-zA-Z]+)\s*"
    r"|\$(?P<formula>(?:\\.|[^$\\])*)\$"
    r"|(?P<ligature>---?|``|''|[~{}])|[$\\].?"
)


def plain(latex: str) -> str:
    """Return the plain text of a value; raises ValueError where some would be lost."""
    return unescape(_LATEX.sub(_character, latex))


def _character(found: re.Match[str]) -> str:
    """Return what one thing of LaTeX stands for."""
    if found["quoted"] is not None:
        return f"“{plain(found['quoted'])}”"
    if found["accent"]:
        marked = found["letter"] + _ACCENTS[found["accent"]]
        return unicodedata.normalize("NFC", marked)
    if found["sign"]:
        return found["sign"].strip("-/,;:@")
    if found["name"]:
        return _command(found["name"])
    if found["ligature"]:
        return _LIGATURES[found["ligature"]]
    formula = found["formula"]
    if formula is None or re.search(r"(?<!\\)[\^_]", formula):
        shown = f'"{found[0]}" in "{found.string}"'
        raise ValueError(f"{shown} is mathematics or a command, not plain text")
    return plain(formula)


def _command(name: str) -> str:
    case = "CAPITAL" if name[0].isupper() else "SMALL"
    try:
        if name in _COMMANDS:
            return _COMMANDS[name]
        return unicodedata.lookup(f"GREEK {case} LETTER {name}")
    except KeyError:
        raise ValueError(
            f'"\\{name}" is a command that is not known: write the character itself'
        ) from None


def web_address(latex: str) -> str:
    """Return the address in a value, without its LaTeX."""
    text = re.sub(r"\$\\sim\$|\\(?:~|textasciitilde)\s*", "~", latex)
    text = re.sub(r"\\([_%&#])|\\url\b", r"\1", text)
    return re.sub(r"[{}<>]", "", unescape(text)).strip()
