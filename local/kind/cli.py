"""The commands of `python -m local.kind`."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from local.errors import LocalError
from local.kind import cluster, dockerd, images, installation, scenarios
from local.kind.engine import Engine, running_engine
from local.kind.errors import CannotMakeClusterError
from local.kind.node_image import Source, node_image
from local.kind.places import Places, places
from local.kind.progress import step
from local.locks import exclusive

EXIT_CANNOT = 3

install_option = click.option("--install", is_flag=True, help="Install missing Debian packages (as root).")
source_option = click.option(
    "--node-image",
    "source",
    type=click.Choice(Source, case_sensitive=False),
    default=Source.AUTO,
    show_default=True,
    help="official: from its registry; local: made here; auto: official, else local.",
)


def main() -> None:
    """Run a command; errors are told in words. Status 3 when this machine cannot have a cluster at all."""
    try:
        cli()
    except CannotMakeClusterError as error:
        click.echo(f"no kind cluster on this machine: {error}", err=True)
        sys.exit(EXIT_CANNOT)
    except LocalError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(1)


@click.group()
def cli() -> None:
    """A kind cluster of one node. It never touches a cluster or a kubeconfig of yours."""


@cli.command()
@install_option
@source_option
def prepare(install: bool, source: Source) -> None:
    """Make ready what is slow: engine, kind, node image. The cluster comes with `up`."""
    with _alone() as here:
        click.echo(node_image(_engine(here, install=install), here, source, install=install))


@cli.command()
@install_option
@source_option
def up(install: bool, source: Source) -> None:
    """Create the cluster, if it is not there, and return when its node is Ready."""
    with _alone() as here:
        _up(_engine(here, install=install), here, source, install=install)
        click.echo(f"export KUBECONFIG={here.kubeconfig}")


@cli.command()
@click.option("--keep-engine", is_flag=True, help="Leave an engine running that was started here.")
@click.option("--purge", is_flag=True, help="Also remove the data of an engine that was started here (not the cache).")
def down(keep_engine: bool, purge: bool) -> None:
    """Delete the cluster, and stop the engine if it was started here."""
    with _alone() as here:
        _down(here, keep_engine=keep_engine)
        if purge and not keep_engine:
            dockerd.remove_data(here)


@cli.command("images")
@install_option
def build_images(install: bool) -> None:
    """Build the project's images with the engine."""
    with _alone() as here:
        images.build(_engine(here, install=install), here, install=install)


@cli.command("install")
@install_option
@source_option
def install_everything(install: bool, source: Source) -> None:
    """Create the cluster, build the images, and run operator and BSS on it."""
    with _alone() as here:
        engine = _engine(here, install=install)
        user, password = _install(engine, here, source, install=install).administrator
        click.echo(f"export KUBECONFIG={here.kubeconfig}")
        click.echo(f"{installation.ADDRESS}  Client ID distributor, user {user}, password {password}")


@cli.command(context_settings={"ignore_unknown_options": True})
@install_option
@source_option
@click.option("--keep", is_flag=True, help="Leave the cluster running afterwards, with everything installed.")
@click.argument("arguments", nargs=-1, metavar="[PYTEST ARGUMENT]...")
def e2e(install: bool, source: Source, keep: bool, arguments: tuple[str, ...]) -> None:
    """Run the scenarios on a fresh cluster, which is deleted afterwards. When one fails, logs are kept."""
    with _alone() as here:
        engine = _engine(here, install=install)
        try:
            cluster.delete(engine, here)
            try:
                _install(engine, here, source, (*images.IMAGES, images.NEXT_OPERATOR), install=install)
            except LocalError:
                if cluster.exists(engine, here):
                    cluster.keep_logs(engine, here, scenarios.failed_logs(here))
                raise
            scenarios.run(engine, here, arguments)
            if not keep and not arguments:
                scenarios.uninstall(engine, here)
        finally:
            if not keep:
                _down(here, keep_engine=False)


@cli.command()
@click.argument("names", nargs=-1, required=True, metavar="IMAGE...")
def load(names: tuple[str, ...]) -> None:
    """Give the cluster images that the engine has."""
    here = places()
    cluster.load(_cluster_engine(here), here, names)


@cli.command()
def status() -> None:
    """Show engine, node and pods. Status 1 when there is no cluster."""
    here = places()
    engine = _found_engine(here)
    if engine is None:
        raise LocalError("no engine runs", "python -m local.kind up")
    click.echo(f"engine   {engine.program} {'(started here)' if engine.own else ''}".rstrip())
    for name, value in engine.environment.items():
        click.echo(f"         export {name}={value}")
    engine = _cluster_engine(here)
    click.echo(f"cluster  {cluster.NAME}\n         export KUBECONFIG={here.kubeconfig}\n")
    click.echo(cluster.kubectl(engine, "get", "nodes", "--output", "wide"))
    click.echo(cluster.kubectl(engine, "get", "pods", "--all-namespaces"), nl=False)


@cli.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def logs(folder: Path) -> None:
    """Write the logs of the node and of every pod to FOLDER."""
    here = places()
    cluster.export_logs(_cluster_engine(here), here, folder)


@contextmanager
def _alone() -> Iterator[Places]:
    """The folders, while no other command of this work tree changes anything."""
    here = places()
    with exclusive(here.state / "lock"):
        yield here


def _found_engine(here: Places) -> Engine | None:
    """An own engine goes first: while it runs, the cluster is there."""
    return dockerd.started(here) or running_engine()


def _engine(here: Places, *, install: bool) -> Engine:
    if (found := _found_engine(here)) is not None:
        return found
    step("starting an engine")
    return dockerd.start(here, install=install)


def _up(engine: Engine, here: Places, source: Source, *, install: bool) -> None:
    if cluster.exists(engine, here):
        step("the cluster is there")
        return
    cluster.create(engine, here, node_image(engine, here, source, install=install))
    step("the node is Ready")


def _install(
    engine: Engine, here: Places, source: Source, built: Sequence[images.Image] = images.IMAGES, *, install: bool
) -> installation.Installation:
    # Images first: what stops their building should not leave a cluster behind.
    images.build(engine, here, built, install=install)
    _up(engine, here, source, install=install)
    return installation.install(engine, here, built)


def _down(here: Places, *, keep_engine: bool) -> None:
    engine = _found_engine(here)
    if engine is not None and cluster.exists(engine, here):
        step("deleting the cluster")
        cluster.delete(engine, here)
    if not keep_engine and engine is not None and engine.own:
        step("stopping the engine")
    if not keep_engine:
        dockerd.stop(here)


def _cluster_engine(here: Places) -> Engine:
    engine = _found_engine(here)
    if engine is None or not cluster.exists(engine, here):
        raise LocalError("there is no cluster", "python -m local.kind up")
    return engine
