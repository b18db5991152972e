"""Small pictures of pictures, drawn anew: nothing of the original but what can be seen."""

import io

from PIL import Image, ImageOps

SIDE = 480


def thumbnail(file):
    """The bytes of a JPEG at most SIDE wide and high, upright, without any data of the camera.

    None when the picture cannot be drawn.
    """
    file.seek(0)
    try:
        with Image.open(file) as picture:
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((SIDE, SIDE))
            drawn = upright.convert("RGBA")
    except Exception:  # decoders of broken pictures raise whatever they meet
        return None
    # A new canvas takes over the pixels alone; what is see-through becomes white.
    canvas = Image.new("RGB", drawn.size, "white")
    canvas.paste(drawn, mask=drawn.getchannel("A"))
    target = io.BytesIO()
    canvas.save(target, "JPEG", quality=80)
    return target.getvalue()
