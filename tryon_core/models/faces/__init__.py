"""Faces: whose face is meant, another face in its place, and how alike two faces are."""

LICENCE = "Apache-2.0 (pose and face landmark models), Boost (dlib's finder of faces)"
