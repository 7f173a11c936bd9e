"""References are read as BibTeX reads them, pasted exports as they are."""

from __future__ import annotations

import pytest

from sitebuild.faults import Fault
from sitebuild.model import Reference
from sitebuild.read.references import read_references

ENTRY = "@article{{a,\n  author = {{{author}}},\n  title = {{{title}}},\n{more}}}\n"


def read(text: str) -> tuple[dict[str, Reference], tuple[Fault, ...]]:
    """Read some BibTeX."""
    references, faults = read_references("r.bib", text.encode())
    return dict(references or {}), faults


def entry(
    author: str = "Doe, A.", title: str = "T", more: str = "  verified = {yes}\n"
) -> str:
    """Return an entry with these fields."""
    return ENTRY.format(author=author, title=title, more=more)


@pytest.mark.parametrize(
    "written",
    [
        *(r"Smith, J. \& Doe, A.", "Smith, J.; Doe, A.", "Smith, J. et al."),
        *("Smith, J. and", "and Smith, J.", "Smith, J. and and Doe, A."),
        *("Smith, J., Doe, A.", "Smith, J., Doe, A., Roe, B.", "Doe J, Roe K"),
        *(
            "National Institute for Health, NICE",
            "Bread, Inc.",
            "{Doe, J. and Roe, K.}",
            "Smith J; Doe A",
        ),
    ],
)
def test_names_that_would_lose_something_are_refused(written: str) -> None:
    """The fault says how names are written."""
    _, (fault,) = read(entry(author=written))
    assert "is no name of one author" in fault.found
    assert "names are `Family, Given` with ` and ` between two" in fault.allowed
    assert fault.place.line == 2


@pytest.mark.parametrize(
    "title", [r"$\frac{1}{2}$", "$x^2$", r"\foo{So}", "<a>So</a>", "*So*"]
)
def test_a_title_with_markup_or_mathematics_is_refused(title: str) -> None:
    """Nothing of LaTeX, HTML or Markdown is printed as it stands."""
    _, (fault,) = read(entry(title=title))
    assert 'the reference "a"' in fault.found


EXPORTS = {
    "Crossref": """ @article{Furlan_2015, title={Massage for low-back pain}, volume={2015},
 url={http://dx.doi.org/10.1002/14651858.CD001929.pub3}, publisher={Wiley},
 DOI={10.1002/14651858.CD001929.pub3}, journal={Cochrane Database}, month=sept,
 author={Furlan, Andrea D and Giraldo, Mario and Irvin, Emma}, year={2015} }
""",
    "Zotero": """
@article{Furlan_2015,
	title = {Massage for low-back pain},
	url = {https://example.org/a_b?c=50%25&d=e},
	abstract = {50\\% of {\\textless}i{\\textgreater}p{\\textless}/i{\\textgreater} $x_1$ \\foo},
	language = {eng},
	author = {Furlan, Andrea D. and Giraldo, Mario and Irvin, Emma},
	month = sep,
	year = {2015},
	pmcid = {PMC8720449},
	file = {Full Text:C\\:\\\\x.pdf:application/pdf},
}
""",
    "PubMed": """@Article{Furlan_2015,
   Author="Furlan, A. D.  and Giraldo, M.  and Irvin, E. ",
   Title="{{M}assage for low-back pain}",
   Year="2015",
   Month="Sep",
   Abstract={Low-back pain (LBP) is one of the most common & costly problems.},
   note={[PubMed Central:PMC8720449] [DOI:10.1002/14651858.CD001929.pub3]}
}
""",
}


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_pasted_as_it_is(name: str) -> None:
    """What it has beyond our fields is ignored, and `verified` stands apart."""
    references, faults = read(f"% verified partly: Furlan_2015\n\n{EXPORTS[name]}")
    assert faults == ()
    found = references["Furlan_2015"]
    assert found.title == "Massage for low-back pain"
    assert found.authors == ("Furlan AD", "Giraldo M", "Irvin E")
    assert (found.year, found.verified) == ("2015", "partly")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(
            ("tilte", "title"),
            ("verifed", "verified"),
            ("dio", "doi"),
            ("yaer", "year"),
        ),
        *(("dpi", "doi"), ("uri", "url"), ("jornal", "journal"), ("autor", "author")),
        ("subtitel", "subtitle"),
    ],
)
def test_a_misspelt_field_is_no_export(written: str, meant: str) -> None:
    """A field that is nearly one of ours is a fault, so that nothing is lost unseen."""
    more = f"  verified = {{yes}},\n  {written} = {{x}}\n"
    _, (fault,) = read(entry(more=more))
    assert fault.place.line == 5
    assert f'the unknown field "{written}"' in fault.found
    assert fault.remedy == f'did you mean "{meant}"?'


def test_a_line_of_verified_names_what_is_there() -> None:
    """A key that no entry has is a fault at that line, with the nearest one."""
    text = f"\n% verified yes: furlan2051, a\n{entry(more='')}"
    references, (fault,) = read(text)
    assert fault.place.line == 2
    assert 'names the reference "furlan2051"' in fault.found
    assert references["a"].verified == "yes"


def test_a_reference_that_is_not_verified_is_a_fault() -> None:
    """Neither in the entry nor apart from it; the line to add is one of BibTeX."""
    _, (fault,) = read(entry(more=""))
    assert fault.found == 'no "verified" stands for a'
    assert "add a line `% verified yes: a`" in fault.remedy


def one(text: str) -> Reference:
    """The one reference of some BibTeX without faults."""
    references, faults = read(f"% verified yes: a\n{text}")
    assert faults == ()
    return references["a"]


@pytest.mark.parametrize(
    ("field", "name", "value"),
    [
        # Family name, initials without points, and what follows the name.
        ("author = {LI, A.B. AND Doe, Wei Ann}", "authors", ("LI AB", "Doe WA")),
        ("author = {Sartre, Jean-Paul}", "authors", ("Sartre JP",)),
        ("author = {Deyo, Jr., Richard A.}", "authors", ("Deyo RA Jr",)),
        ("author = {De Vries, Gerardo}", "authors", ("De Vries G",)),
        ("author = {Jane Smith and Bo Jr.}", "authors", ("Jane Smith", "Bo Jr.")),
        ("author = {Smith JA}", "authors", ("Smith JA",)),
        ("author = {Health Authority for Us}", "authors", ("Health Authority for Us",)),
        ("author = {Smith Co and Doe}", "authors", ("Smith Co", "Doe")),
        ("journal = Bread", "source", "Bread"),
        ("author = {{WHO of Us} and others}", "authors", ("WHO of Us", "et al.")),
        (r"author = {G{\"u}thlin, {\'E}ric}", "authors", ("Güthlin É",)),
        # Braces, accents, dashes and entities become characters.
        (r"title = {{A} 50\% rise}", "title", "A 50% rise"),
        ("title = {Pain &amp; Touch}", "title", "Pain & Touch"),
        (r"title = {$\alpha$-waves $95\%$}", "title", "α-waves 95%"),
        (r"title = {{\em So} \emph{it}}", "title", "So it"),
        (r"title = {P {\textless} 0.05}", "title", "P < 0.05"),
        (
            r"title = {{\'\i}, \c{c}, {\v s}, {\o} 1--2 50%}",
            "title",
            "í, ç, š, ø 1–2 50%",
        ),
        (r"title = {\enquote{So} ``it'' is}", "title", "“So” “it” is"),
        # What biblatex, Zotero and LaTeX call otherwise is read as what it is.
        ("date = {2011-07-05}", "year", "2011"),
        ("subtitle = {So}", "title", "T: So"),
        ("shortjournal = {Ann}", "source", "Ann"),
        ("howpublished = {Leaflet}", "source", "Leaflet"),
        ("note = {Seen at https://e.org/a.}", "url", "https://e.org/a"),
        ("pmid = {123}", "url", "https://pubmed.ncbi.nlm.nih.gov/123/"),
        ("eprint = {2001.00001}", "url", "https://arxiv.org/abs/2001.00001"),
        ("editor = {{\\O}st, S{\\o}ren}", "authors", ("Øst S",)),
        ("journaltitle = {Annals}", "source", "Annals"),
        ("institution = {Mill}", "source", "Mill"),
        (r"howpublished = {\url{https://e.org/a/}}", "url", "https://e.org/a/"),
        (r"url = {https://e.org/{\~{}}me}", "url", "https://e.org/~me"),
        (r"url = {https://e.org/a\_b\#c}", "url", "https://e.org/a_b#c"),
        ("doi = {https://doi.org/10.1000/182}", "doi", "10.1000/182"),
        ("editor = {Doe, A.}", "authors", ("Doe A",)),
        ('journal = "One " # {Two}', "source", "One Two"),
        ("journal = {{One} \\{Two\\}}", "source", "One {Two}"),
    ],
)
def test_no_field_is_lost(field: str, name: str, value: object) -> None:
    """Each is read as BibTeX reads it, and shown as text."""
    title = "" if field.startswith("title") else "title = {T}, "
    assert getattr(one(f"@article{{a, {title}{field}}}"), name) == value


def test_texts_that_are_defined_once_are_put_in() -> None:
    """A definition may be named in any capitals, and an entry may inherit."""
    text = (
        "@string{ann = {Annals}}\n@comment{none}\n@preamble{ {x} }\n"
        "@article(a, title = {T}, journal = ANN, year = 2001\n)\n"
    )
    assert (one(text).source, one(text).year) == ("Annals", "2001")
    child = "@inbook{a, title = {C}, crossref = {b}}\n"
    references, _ = read(f"{child}@book{{b, title = {{B}}, year = 1999}}")
    assert (references["a"].source, references["a"].year) == ("B", "1999")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("@article{a,\n title = {T}\n year = 1\n}", 2, 'at "title = {T}"'),
        ("@article{a,\n title = {T},\n", 1, '"a" is not closed'),
        ("@article{a,\n title = {T,\n year = 1\n}", 2, 'at "title = {T,"'),
        ("@article{a,\n title = So it is,\n year = 1}", 2, 'at "title = So'),
        ("@article{a,\n title {T}\n}", 2, 'at "title {T}"'),
        ("@article{a,\n title = ,\n}", 2, 'at "title = ,"'),
        ("@article{A b, title = {T}}", 1, 'at "A b, title'),
        ("@article{title = {T}, year = 1}", 1, 'at "title = {T}'),
        (
            "@article{a, title={T}, verified={yes},\n title={U}}",
            2,
            '"title" stands twi',
        ),
        ("article{a, title = {T}}", 1, '"article{a, title = {T}}" is no BibTeX'),
        ("PMID- 1\nTI  - T", 1, '"PMID- 1" is no BibTeX'),
        ("%0 Journal Article\n%T T", 1, "is no BibTeX"),
        (r"@article{a, title = {A \foo b}}", 1, r'"\foo" is a command'),
        (
            r"@book{a, title={T}, url={https://e.org/\\x}, verified={yes}}",
            1,
            "has the url",
        ),
        (
            "@book{a, title={T}, year={in press}, verified={yes}}",
            1,
            'the year "in press"',
        ),
    ],
)
def test_a_slip_in_an_entry_is_its_own(text: str, line: int, says: str) -> None:
    """One fault, at its line; the entry below is whole."""
    below = "@book{c, title = {C}, verified = {yes}}"
    references, (fault,) = read(f"{text}\n{below}\n")
    assert fault.place.line == line
    assert says in fault.found
    assert references == {} or references["c"].title == "C"
