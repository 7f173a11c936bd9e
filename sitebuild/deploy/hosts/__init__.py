"""The tools that bring a release to a host: one class a tool, one file a class.

A new host is a file here and a line of TOOLS. A class says which entries its targets
need and may have, which program it runs and how to get that, reads what is live, and
sends a release.
"""

from __future__ import annotations

from collections.abc import Mapping

from sitebuild.deploy.hosts.base import Host
from sitebuild.deploy.hosts.cloudflare import Cloudflare
from sitebuild.deploy.hosts.folder import FolderHost
from sitebuild.deploy.hosts.github import GitHub
from sitebuild.deploy.hosts.netlify import Netlify
from sitebuild.deploy.hosts.rclone import RcloneHost

TOOLS: Mapping[str, type[Host]] = {
    "folder": FolderHost,
    "rclone": RcloneHost,
    "github": GitHub,
    "cloudflare": Cloudflare,
    "netlify": Netlify,
}
