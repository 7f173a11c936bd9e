"""How the site is built. The rooms, in the order in which data goes through them.

drawn     what pictures draw of a finding
model     the values that everything else passes on
faults    one form for all that can be wrong
release   the files of a site, and the manifest that lists them
memory    what a process keeps from one build to the next
read      sources -> documents, findings, references, redirects
derive    documents -> the site: topics, cautions, what pages show, feeds
render    templates, the theme and its pictures, the search index
check     what must be true of settings, sources, links, addresses; advice
host      all that hosts need beside the pages and in them
output    the folder of the site: all of the new one or all of the old
diff      what differs between two built sites, and why
build     one build, step by step
plugin    Pelican runs the steps
publish   the public build
preview   the editor's server
deploy    the owner's tools
new       files to begin with
environment  what tasks run in

A room imports from itself and from the rooms above it; a test checks every file.
"""
