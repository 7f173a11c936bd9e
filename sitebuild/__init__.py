"""How the site is built: the Pelican plugin, the checks, the preview and the deploy.

`model` holds the values, `faults` the messages, `fields` what an editor may set, `passages` the marked blocks of a
source, `typeset` their HTML, `evidence` findings and references, `topics` what is derived from all of them,
`links` and `output` the built tree, `pagedata`, `feeds`, `cards`, `search` and `machines` what machines read; `plugin`
is the only module that imports Pelican.
"""
