"""The picture of a first page: small, in few colours, without a word of metadata."""

import base64
import io

from PIL import Image, ImageFile, ImagePalette  # noqa: F401 (loaded, with the formats, while files can be opened)

Image.preinit()
SIDE, MAX_BYTES, COLOURS = 720, 250_000, 96


def of_image(image: Image.Image) -> str:
    """A PNG in base 64, of bounded sides and weight."""
    side = SIDE
    while True:
        small = image.convert("RGB")
        small.thumbnail((side, side))
        out = io.BytesIO()
        small.quantize(COLOURS).save(out, "PNG", optimize=True)
        if out.tell() <= MAX_BYTES or side < 200:
            return base64.b64encode(out.getvalue()).decode()
        side = side * 2 // 3
