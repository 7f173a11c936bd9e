"""From source files to documents, findings, references and redirects.

reader       each file, or what an earlier process
kept         of it, by way of
document     a whole file, by way of
frontmatter  its first lines
cut          its blocks, as they were written
blocks       one block, checked
markdown     Markdown and typography, and changes to their HTML
html_checks  what is wrong with that HTML
schema       which fields and options there are, by way of
convert      one value
evidence     findings
references   BibTeX
synonyms     other words that search looks for
redirects    what was moved, and what was ever published, which is
record       kept from the first publishing on
ignore       which files no build looks at
"""
