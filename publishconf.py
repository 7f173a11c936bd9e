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
# Browsers that saw this refuse plain http for the site and all names below its host, as
# long as it says (in seconds). Leave "; includeSubDomains" out where other names below
# the host are served without https; "" says nothing.
HSTS = "max-age=31536000; includeSubDomains"
# For a copy of the site that is tried out: search engines are asked to leave it out.
NOINDEX = bool(os.environ.get("NOINDEX"))
HOSTING = True  # headers, redirects, compressed copies and the manifest are made

# Where `invoke deploy NAME` takes it. Keys and passwords never stand here: rclone,
# wrangler, netlify and git know them from their own configuration or the environment.
# A target that serves the .br and .gz files itself (nginx, Caddy) says "server": True;
# it also keeps the last ten releases in a private folder.
TARGETS = {
    # A folder of this machine, such as the root of a web server that runs here.
    # Nobody serves this one, so it is not verified.
    "folder": {
        "tool": "folder",
        "to": str(ROOT / ".build" / "live"),
        "server": True,
        "verify": False,
    },
    # Your own nginx or Caddy, by SFTP.
    "server": {"tool": "rclone", "to": "server:/srv/site", "server": True},
    # A shared host, by SFTP, FTP or WebDAV.
    "shared": {"tool": "rclone", "to": "shared:public_html"},
    # Any S3-compatible store behind a CDN.
    "bucket": {"tool": "rclone", "to": "bucket:example.org"},
    "github": {"tool": "github", "remote": "origin", "branch": "gh-pages"},
    "cloudflare": {"tool": "cloudflare", "project": "example-org"},
    "netlify": {"tool": "netlify", "site": "example-org"},
}
