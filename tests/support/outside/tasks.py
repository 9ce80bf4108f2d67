"""Files of tasks as annotation tools export them, with their pictures beside them."""

import json

from samples import encoded

URLS = {"init_image_url": "init.png", "mask_image_url": "mask.png", "character_image_url": "c.png"}
DATA = {"id": 71651078, "character_id": 3, "character_name": "Ana", "prompt": "Ana in a red hat.", **URLS}


def nested(number=5, annotations=(), **data):
    return {"id": number, "created_at": "2025-01-01", "annotations": list(annotations), "data": {**DATA, **data}}


def written(folder, document, name="project-label.json"):
    for picture, colour in (("init", "green"), ("mask", "white"), ("c", "blue")):
        (folder / f"{picture}.png").write_bytes(encoded(colour))
    path = folder / name
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
    return path
