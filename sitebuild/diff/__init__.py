"""What differs between two built trees, and why.

sections  a built page, section by section
words     the difference of two runs of words
reasons   why one page differs
changes   all that differs between two trees
"""
