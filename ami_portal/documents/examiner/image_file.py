"""A PNG or JPEG image: decoded whole, its place and its author told, drawn again small."""

import io
import warnings
import zipfile
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin, TiffImagePlugin  # noqa: F401 (loaded while files can still be opened)

from .picture import of_image
from .refusal import Refused

MAX_PIXELS = 60_000_000
TOO_WIDE = "Cette image est trop grande : réduisez ses dimensions, puis déposez-la de nouveau."
TWO_FILES = "Ce fichier est à la fois une image et une archive : enregistrez-le de nouveau en image."


def examine(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """The facts of an image. Raises Refused."""
    if zipfile.is_zipfile(io.BytesIO(content)):
        raise Refused(TWO_FILES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        except Image.DecompressionBombError as error:
            raise Refused(TOO_WIDE) from error
    if image.width * image.height > MAX_PIXELS:
        raise Refused(TOO_WIDE)
    image.load()
    return {"kind": "image", "pages": None, "identity": _identity(image), "picture": of_image(image)}


def _identity(image: Image.Image) -> list[list[str]]:
    exif = image.getexif()
    tags = (ExifTags.Base.Artist, ExifTags.Base.Copyright)
    found = [["author", str(exif[tag]).strip("\0 ")] for tag in tags if exif.get(tag)]
    return [*found, ["place", ""]] if exif.get_ifd(ExifTags.IFD.GPSInfo) else found
