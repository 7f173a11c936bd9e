"""Built bytes to headers, policies, configurations of servers and the manifest.

files     what the name of a built file says: address, type, copy, private
hashes    names that carry a hash, so that files may be kept for ever
folders   links of a site that stands in a folder of a host
policies  the Content-Security-Policy of each page
styles    which styles the rules of a server allow
headers   with which headers each file is served: one table for all hosts
rules     the same as few rules, by folder
configs   those rules and the redirects in the words of each server, one file a server
copies    brotli and gzip copies
security  where to report a weakness of the site
manifest  what a release holds, file by file
finish    all of this added to a built site
"""
