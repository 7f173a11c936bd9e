"""From source files to documents, findings, references and redirects.

document    a whole source file: its header, blocks, headings and prose, by way of
source      its lines
header      its header
blocks      its blocks as they were written
text        the Markdown of a piece, set, and what is wrong in its HTML
slips       what Markdown would print as it stands, or lose: tables
markdown    Markdown and typography, and changes to their HTML: ids, links, terms
fields      one field of a header, a block or an entry, by its type
evidence    findings, line by line, and synonyms
references  references with their authors, and where texts cite them, by way of
bibtex      BibTeX, entry by entry, and its LaTeX
pictures    pictures and their sizes
redirects   what was moved, and what was ever published
tree        what a folder of sources may hold, and which files no build looks at
"""
