"""The rubrics that ship, as data in gate order: `default`, `classic` (the reference system's own) and `general`."""

from ..errors import UnknownName
from ..plugins import load_plugins
from ..records import Decision
from .rules import CANDIDATE, Constraint, Rubric, Rule, Shown

_TRY_ON = {
    "task": "You judge a virtual try-on.",
    "shows": (
        Shown(role="person", words="the person as photographed", crops=("head",)),
        Shown(role="garment", words="the garment", crops=("middle",)),
        Shown(role=CANDIDATE, words="the candidate (that person drawn in that garment)", crops=("head", "chest")),
    ),
}

_DEFAULT = Rubric(
    name="default",
    **_TRY_ON,
    constraints=(
        Constraint(
            key="garment_swap",
            compared_with="garment",
            tier="critical",
            critical=True,
            measured="garment_swap",
            asks="Is the right garment worn in the right place, the old one gone, and is there one person?",
        ),
        Constraint(
            key="identity",
            compared_with="person",
            tier="critical",
            critical=True,
            measured="identity",
            asks="Is it the same person: face, hair, skin tone, visible marks?",
        ),
        Constraint(
            key="body_and_pose",
            compared_with="person",
            tier="critical",
            critical=True,
            measured="body_and_pose",
            asks="Are pose, proportions and framing kept, and are limbs and hands plausible?",
        ),
        Constraint(
            key="garment_structure",
            compared_with="garment",
            tier="garment",
            measured="garment_structure",
            asks="Are silhouette, length, sleeves, neckline and layering those of the garment photograph?",
        ),
        Constraint(
            key="garment_appearance",
            compared_with="garment",
            tier="garment",
            measured="garment_appearance",
            asks="Are colour, pattern and its scale, fabric, logos and text those of the garment photograph?",
        ),
        Constraint(
            key="scene_kept",
            compared_with="person",
            tier="finish",
            measured="scene_kept",
            asks="Are background, other clothes, accessories and things in front unchanged?",
        ),
        Constraint(
            key="realism",
            compared_with="person",
            tier="finish",
            measured="realism",
            asks="Do light, shadow, edges and sharpness look like one photograph without artefacts?",
        ),
    ),
)

# The reference system's first version: its seven keys in its order, its critical set, its thresholds and its stop rule
# (a critical score below 4 gives the sample up). A missing score counted as 0 there; here it is unscored.
_CLASSIC = Rubric(
    name="classic",
    **_TRY_ON,
    rule=Rule(on_critical=Decision.STOP),
    constraints=(
        Constraint(
            key="body_integrity",
            compared_with="person",
            tier="critical",
            critical=True,
            measured="body_and_pose",
            asks="Are body shape and limbs consistent?",
        ),
        Constraint(
            key="identity_preservation",
            compared_with="person",
            tier="critical",
            critical=True,
            measured="identity",
            asks="Is the face still recognisably the same person's?",
        ),
        Constraint(
            key="cloth_structural_integrity",
            compared_with="garment",
            tier="garment",
            measured="garment_structure",
            asks="Is the garment's shape right?",
        ),
        Constraint(
            key="cloth_texture_fidelity",
            compared_with="garment",
            tier="garment",
            measured="garment_appearance",
            asks="Are pattern and texture those of the garment photograph?",
        ),
        Constraint(
            key="pose_alignment",
            compared_with="person",
            tier="critical",
            critical=True,
            measured="pose",
            asks="Is the pose that of the person photograph?",
        ),
        Constraint(
            key="lighting_consistency",
            compared_with="person",
            tier="finish",
            measured="lighting",
            asks="Do light and shadow fit the scene?",
        ),
        Constraint(
            key="fine_details",
            compared_with="person",
            tier="finish",
            measured="realism",
            asks="Are edges, seams and wrinkles realistic?",
        ),
    ),
)

# For text-to-image and edits without a garment; after VIEScore and EditScore: what was asked, what stays, how it looks.
_GENERAL = Rubric(
    name="general",
    task="You judge a picture that was drawn as asked.",
    shows=(
        Shown(role="init", words="the picture it was made from"),
        Shown(role=CANDIDATE, words="the candidate"),
    ),
    constraints=(
        Constraint(
            key="wish_met",
            tier="critical",
            critical=True,
            asks="Does the picture show what the wish asks for, all of it?",
        ),
        Constraint(
            key="subject_kept",
            compared_with="init",
            tier="critical",
            critical=True,
            asks="Is the subject still the same one, where there was a picture to start from?",
        ),
        Constraint(key="anatomy", tier="critical", critical=True, asks="Are bodies, limbs, hands and faces plausible?"),
        Constraint(key="layout", tier="garment", asks="Are places, counts and sizes of things as asked?"),
        Constraint(key="attributes", tier="garment", asks="Are colours, materials, patterns and text as asked?"),
        Constraint(
            key="rest_kept",
            compared_with="init",
            tier="finish",
            asks="Is everything that was not asked for unchanged, where there was a picture to start from?",
        ),
        Constraint(
            key="realism", tier="finish", asks="Do light, edges and sharpness look like one picture without artefacts?"
        ),
    ),
)

RUBRICS = {rubric.name: rubric for rubric in (_DEFAULT, _CLASSIC, _GENERAL)}


def rubric(name: str) -> Rubric:
    """raises UnknownName with the nearest name"""
    load_plugins()
    if name not in RUBRICS:
        raise UnknownName("rubric", name, RUBRICS)
    return RUBRICS[name]
