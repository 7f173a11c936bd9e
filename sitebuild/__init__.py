"""How the site is built. The rooms, in the order in which data goes through them.

model     the values that everything else passes on
faults    one form for all that can be wrong
disk      what builds keep on disk for the builds after them
read      sources -> documents, findings, references, redirects
derive    documents -> the site: topics, provenance, cautions, views
render    values -> HTML, CSS, SVG, PNG, feeds, search index
check     what must be true of the pages, and advice to the editor
host      built bytes -> headers, configurations, manifest
trees     a tree of files on disk, filled again
output    the swap on disk: all of the new tree or all of the old
diff      what differs between two built trees, and why
build     one build, step by step
plugin    Pelican runs the steps
unchanged whether a build would change anything
publish   the public build
preview   the editor's server
deploy    the owner's tools
dev       the environment, the test browser, files to begin with

A room imports from itself and from the rooms above it; a test checks every file.
"""

import gc

# How often Python looks for unused circles of values: among 20,000 new ones, and very
# seldom among all. By default, for every 700, it takes a sixth of a build, whose values
# live to its end, and a tenth of the imports before it: so it stands here.
gc.set_threshold(20_000, 250, 50)
