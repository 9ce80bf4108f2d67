"""Write the demo's character tasks: data_manifests/characters.json, and the masks of the faces that may change.

    python data_manifests/demo_people/face_tasks.py

Each task puts the face of one rendered person on another's; a mask is the hull of the face as the embedded perception
sees it, a little wider, with a hard edge. No real person is shown.
"""

import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from tryon_core import images
from tryon_core.models.embedded.seeing.perception import see_person

MANIFESTS = Path(__file__).parents[1]
PERSONS, MASKS = MANIFESTS / "people/persons", MANIFESTS / "characters"
# (who is changed, whose face comes there): skins alike and unlike, hair over the forehead, grey and no hair
PAIRS = (("q1", "p2"), ("q2", "p1"), ("q3", "p4"), ("q4", "q5"), ("q5", "p5"), ("q6", "p6"))
WIDER = 0.06  # of the face's height, to every side


def mask_of(picture: Image.Image) -> Image.Image:
    """Mode L, of the picture's size, 255 on the face and a little beyond."""
    person = see_person(picture)
    height, width = person.image_HW3.shape[:2]
    hull = cv2.convexHull(person.face_mesh_K2.astype(np.float32)).astype(np.int32)
    mask_HW = cv2.fillConvexPoly(np.zeros((height, width), np.uint8), hull, 255)
    radius = round(WIDER * float(np.ptp(hull[:, 0, 1])))
    mask_HW = cv2.dilate(mask_HW, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1,) * 2))
    return Image.fromarray(mask_HW).resize(picture.size).point(lambda value: 255 * (value >= 128))


def main() -> None:
    tasks = []
    for number, (person, character) in enumerate(PAIRS, start=1):
        mask = mask_of(images.read(PERSONS / f"{person}.webp"))
        mask.convert("1").save(MASKS / f"{person}_face.png", optimize=True)
        tasks.append(
            {
                "id": 71650 + number,
                "data": {
                    "id": 71651077 + number,
                    "character_id": character,
                    "character_name": f"rendered person {character}",
                    "init_image_url": f"people/persons/{person}.webp",
                    "mask_image_url": f"characters/{person}_face.png",
                    "character_image_url": f"people/persons/{character}.webp",
                    "prompt": "The person has the face of the given character; light and pose stay as they are.",
                    "source": "rendered with anny 0.6.2, data_manifests/demo_people",
                    "licence": "CC0-1.0; body data MakeHuman CC0",
                    "consent": "no real person is shown",
                },
            }
        )
    (MANIFESTS / "characters.json").write_text(json.dumps(tasks, indent=1) + "\n")


if __name__ == "__main__":
    main()
