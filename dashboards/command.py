"""``zorgbundel dashboard``."""

import importlib.util
import os
import socket
import threading
import time
import webbrowser

import click

from experiments.output import OutputError

NEEDED = ("solara", "ipyvuetify", "uvicorn", "tinycss2")


def dashboard(
    port: int, root_path: str, open_browser: bool, offline_check: bool, precompute: bool,
    workers: int | None, for_class: bool = False,
) -> None:  # fmt: skip
    """Start the dashboard, check that it can run without internet, or make its library anew."""
    if precompute:
        _precompute(workers)
        return
    check_installed()
    if root_path and (not root_path.startswith("/") or root_path.endswith("/")):
        raise OutputError("--root-path starts with a slash and does not end with one: /zorgbundel")
    if offline_check:
        _offline_check()
        return
    if _taken(port):
        raise OutputError(f"port {port} is in use; choose another with --port")
    from dashboards.server import serve

    address = f"http://127.0.0.1:{port}{root_path}/"
    click.echo(f"The dashboard is at {address} (Ctrl-C stops it).")
    if for_class:
        _say_address_for_others(port, root_path)
    if open_browser:
        threading.Thread(target=_open, args=(port, address), daemon=True).start()
    serve(port, root_path, "0.0.0.0" if for_class else "127.0.0.1")


def _say_address_for_others(port: int, root_path: str) -> None:
    """Say, and tell the pages, where other computers in the network find the dashboard."""
    from dashboards.teaching.invitation import LISTENS, own_address

    os.environ[LISTENS] = str(port)
    own = own_address()
    click.echo(
        f"Others in this network find it at http://{own}:{port}{root_path}/"
        if own
        else "This computer is in no network: others cannot reach it."
    )


def check_installed() -> None:
    """Refuse where what the dashboard needs is not installed.

    Raises:
        OutputError: It is not.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise OutputError(
            f"the dashboard needs {', '.join(missing)}; run 'make setup',"
            " or install zorgbundel[dashboard]"
        )


def _taken(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _open(port: int, address: str) -> None:
    for _ in range(100):
        if _taken(port):
            webbrowser.open(address)
            return
        time.sleep(0.1)


def _offline_check() -> None:
    """Say whether everything a browser needs is here."""
    from dashboards import library
    from dashboards.pack import PackError, make_pack
    from dashboards.server import pack_folder

    try:
        pack = make_pack(pack_folder())
        library.manifest()
    except (PackError, library.StoredError) as error:
        raise OutputError(f"{error}") from None
    files = [path for path in pack.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files) / 1e6
    click.echo(f"Ready without internet: {len(files)} browser files, {size:.1f} MB, in {pack}.")
    if library.fingerprint() != library.manifest()["fingerprint"]:
        click.echo(
            "The stored results are of an older program: zorgbundel dashboard --precompute makes"
            " them anew."
        )


def _precompute(workers: int | None) -> None:
    from rich.progress import Progress

    from dashboards.library_more import names, precompute_more
    from dashboards.precompute import library_design, precompute
    from experiments.terminal import console

    with Progress(console=console(stderr=True)) as progress:
        bar = progress.add_task("Running the library", total=None)
        precompute(
            library_design(),
            workers=workers,
            done=lambda k, of: progress.update(bar, completed=k, total=of),
        )
        bar = progress.add_task("Oversight and money", total=len(names()))
        precompute_more(names(), done=lambda name: progress.advance(bar), workers=workers)
    click.echo("The results of the library are made anew.")
