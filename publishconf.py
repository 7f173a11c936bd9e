"""Settings of the published site: all of pelicanconf.py, and what differs in public."""

import os
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parent
globals().update(runpy.run_path(str(ROOT / "pelicanconf.py")))

# Where the site will stand: https:// and a host, without a folder. The environment goes before the file.
SITEURL = os.environ.get("SITEURL", "")
OUTPUT_PATH = str(ROOT / "public")
HOSTING = True  # headers, redirects, compressed copies and the manifest are made

# Where `invoke deploy NAME` takes it. Keys and passwords never stand here: rclone, wrangler, netlify and git know them
# from their own configuration or from the environment.
# A target that serves the .br and .gz files itself (nginx, Caddy) says "server": True.
TARGETS = {
    "folder": {"tool": "rclone", "to": str(ROOT / ".build" / "live"), "server": True},
    "server": {
        "tool": "rclone",
        "to": "server:/srv/site",
        "server": True,
    },  # SFTP to your own nginx or Caddy
    "shared": {
        "tool": "rclone",
        "to": "shared:public_html",
    },  # SFTP, FTP or WebDAV to a shared host
    "bucket": {
        "tool": "rclone",
        "to": "bucket:example.org",
    },  # any S3-compatible store behind a CDN
    "github": {"tool": "github", "remote": "origin", "branch": "gh-pages"},
    "cloudflare": {"tool": "cloudflare", "project": "example-org"},
    "netlify": {"tool": "netlify", "site": "example-org"},
}
