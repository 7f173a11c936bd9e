"""Settings of the published site: all of pelicanconf.py, and what differs in public."""

import os
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parent
globals().update(runpy.run_path(str(ROOT / "pelicanconf.py")))

# Where the site will stand: https:// and a host, with a folder if need be. The
# environment goes before the file.
SITEURL = os.environ.get("SITEURL", "")
OUTPUT_PATH = str(ROOT / "public")
# For a copy of the site that is tried out: search engines are asked to leave it out.
NOINDEX = bool(os.environ.get("NOINDEX"))
HOSTING = True  # policies, redirects, compressed copies and the manifest are made

# Where `invoke deploy NAME` takes it. Keys and passwords never stand here: ssh, rclone
# and wrangler know them from their own configuration or the environment. "server"
# names whose rules of theme/hosts serve it: nginx, caddy or apache. Each may have "url"
# (asked instead of SITEURL), "verify": False, and "after": a command that is run then.
TARGETS = {
    # Your own server by ssh, or a folder of this machine ("/srv/site"). With
    # "releases": 3 it is a link to the newest of three, switched when all is there.
    "server": {"tool": "ssh", "to": "me@example.org:/srv/site", "server": "caddy"},
    # A shared host with ssh; "keep" names what a deploy never touches.
    "shared": {
        "tool": "ssh",
        "to": "me@example.org:public_html",
        "server": "apache",
        "keep": ["cgi-bin"],
    },
    # Without a shell: rclone knows SFTP, FTP and any S3-compatible store.
    "sftp": {"tool": "rclone", "to": "shared:public_html", "server": "apache"},
    "bucket": {"tool": "rclone", "to": "bucket:example.org"},
    # GitHub Pages, where the workflow takes it by itself: only `verify` knows them.
    "github": {"tool": "github"},
    "cloudflare": {"tool": "cloudflare", "name": "example-org"},
    "netlify": {"tool": "netlify", "site": "example-org.netlify.app"},
}
