"""What a laptop does with faces: a classical swap and a composite; no model draws here."""

LICENCE = "Apache-2.0 (pose and face landmark models), Boost (dlib's finder of faces)"
