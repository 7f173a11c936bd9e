"""What hosts need beside a built site; what changes with the site stands in its pages.

files    what the name of a file says, and the manifest of a release
pages    policies, prefetching, safe addresses, folders, pages that lead on
finish   all of this added to a built site
"""
