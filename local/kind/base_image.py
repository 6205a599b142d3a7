"""The base of our images: the official one where a registry can be reached, else one made of the same packages."""

from local.kind.debian import root_file_system
from local.kind.engine import Engine
from local.kind.pins import DEBIAN_SUITE
from local.kind.places import Places
from local.kind.progress import step

OFFICIAL = f"debian:{DEBIAN_SUITE}-slim"


def base_image(engine: Engine, places: Places, *, install: bool) -> str:
    """The name of an image with the smallest Debian, which the engine has."""
    if engine.has_image(OFFICIAL):
        return OFFICIAL
    step(f"fetching {OFFICIAL}")
    if engine.pull(OFFICIAL) is None:
        return OFFICIAL
    archive = root_file_system(places, "base", (), install=install)
    image = f"localhost/tenant-reseller/{archive.parent.name.replace('-base-', ':')}"
    if not engine.has_image(image):
        engine.import_tree(archive, image, ['CMD ["/bin/bash"]'])
    return image
