"""Masks with known answers."""

import numpy as np


def circle(radius_px, size=(400, 400), centre=None):
    """bool (rows, columns)"""
    y, x = np.mgrid[: size[0], : size[1]]
    row, column = centre or (size[0] // 2, size[1] // 2)
    return (x - column) ** 2 + (y - row) ** 2 <= radius_px**2


def box(top, left, bottom, right, size=(400, 400)):
    mask = np.zeros(size, bool)
    mask[top:bottom, left:right] = True
    return mask


def iou(one, other):
    return (one & other).sum() / (one | other).sum()
