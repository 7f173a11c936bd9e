"""From source files to documents, findings, references and redirects.

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
redirects    what was moved, and what was ever published
ignore       which files no build looks at
"""
