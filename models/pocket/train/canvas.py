"""A canvas that paints a picture and, along with it, the map of what is where.

Every fill or stroke may name a region; its pixels then belong to that region
until something is painted over them. The region map tells the training which
part of the picture a word is about, and the evaluation where to look.
"""
import math
from contextlib import contextmanager

import cairo
import numpy as np

SIZE = 128        # width and height of a picture, pixels
LABEL_SIZE = 64   # width and height of its region map

REGIONS = [
    'none', 'background', 'skin', 'hair', 'eyes', 'mouth', 'glasses', 'hat', 'beard', 'earrings', 'shirt',
    'sky', 'clouds', 'sun', 'moon', 'stars', 'mountains', 'ground', 'feature', 'house', 'castle', 'tree', 'boat',
    'animal', 'seat', 'collar', 'ball', 'freckles',
]
REGION = {name: number for number, name in enumerate(REGIONS)}


class Canvas:
    def __init__(self, scale=1):
        self._picture = cairo.ImageSurface(cairo.FORMAT_RGB24, SIZE * scale, SIZE * scale)
        self._labels = cairo.ImageSurface(cairo.FORMAT_A8, LABEL_SIZE, LABEL_SIZE)
        self._paint = cairo.Context(self._picture)
        self._paint.scale(scale, scale)
        self._paint.set_line_cap(cairo.LINE_CAP_ROUND)
        self._paint.set_line_join(cairo.LINE_JOIN_ROUND)
        self._mark = cairo.Context(self._labels)
        self._mark.scale(LABEL_SIZE / SIZE, LABEL_SIZE / SIZE)
        self._mark.set_antialias(cairo.ANTIALIAS_NONE)
        self._mark.set_operator(cairo.OPERATOR_SOURCE)
        self._mark.set_line_cap(cairo.LINE_CAP_ROUND)

    def fill(self, path, paint, region=None):
        path(self._paint)
        self._set_source(paint)
        self._paint.fill()
        if region:
            path(self._mark)
            self._mark.set_source_rgba(0, 0, 0, REGION[region] / 255)
            self._mark.fill()

    def stroke(self, path, paint, width, region=None):
        path(self._paint)
        self._set_source(paint)
        self._paint.set_line_width(width)
        self._paint.stroke()
        if region:
            path(self._mark)
            self._mark.set_source_rgba(0, 0, 0, REGION[region] / 255)
            self._mark.set_line_width(max(width, 2))
            self._mark.stroke()

    def mark(self, path, region):
        """Names a region without painting."""
        path(self._mark)
        self._mark.set_source_rgba(0, 0, 0, REGION[region] / 255)
        self._mark.fill()

    @contextmanager
    def clipped(self, path):
        for context in (self._paint, self._mark):
            context.save()
            path(context)
            context.clip()
        yield
        for context in (self._paint, self._mark):
            context.restore()

    @contextmanager
    def placed(self, x, y, angle=0., scale_x=1., scale_y=None):
        """Paints in coordinates with their origin at (x, y), turned and scaled."""
        for context in (self._paint, self._mark):
            context.save()
            context.translate(x, y)
            context.rotate(angle)
            context.scale(scale_x, scale_x if scale_y is None else scale_y)
        yield
        for context in (self._paint, self._mark):
            context.restore()

    def _set_source(self, paint):
        if isinstance(paint, cairo.Pattern):
            self._paint.set_source(paint)
        else:
            self._paint.set_source_rgba(*paint)

    def pixels(self):
        """The picture, uint8 [128, 128, 3] times the scale, and its region map, uint8 [64, 64]."""
        self._picture.flush()
        self._labels.flush()
        side = self._picture.get_width()
        rows = np.frombuffer(self._picture.get_data(), np.uint8).reshape(side, self._picture.get_stride())
        rgb = rows[:, :side * 4].reshape(side, side, 4)[:, :, 2::-1].copy()
        rows = np.frombuffer(self._labels.get_data(), np.uint8).reshape(LABEL_SIZE, self._labels.get_stride())
        return rgb, rows[:, :LABEL_SIZE].copy()


# Paths: functions that trace an outline on a cairo context.

def ellipse(x, y, rx, ry, angle=0.):
    def trace(c):
        c.save()
        c.translate(x, y)
        c.rotate(angle)
        c.scale(rx, ry)
        c.new_sub_path()
        c.arc(0, 0, 1, 0, 2 * math.pi)
        c.restore()
    return trace


def circles(points, radius):
    """Many discs; radius is a number or a list."""
    def trace(c):
        for i, (x, y) in enumerate(points):
            c.new_sub_path()
            c.arc(x, y, radius[i] if isinstance(radius, list) else radius, 0, 2 * math.pi)
    return trace


def arc(x, y, radius, start, end):
    def trace(c):
        c.new_sub_path()
        c.arc(x, y, radius, start, end)
    return trace


def rectangle(x, y, width, height, corner=0.):
    def trace(c):
        if not corner:
            c.rectangle(x, y, width, height)
            return
        c.new_sub_path()
        for i, (cx, cy) in enumerate(((x + width - corner, y + height - corner), (x + corner, y + height - corner),
                                      (x + corner, y + corner), (x + width - corner, y + corner))):
            c.arc(cx, cy, corner, i * math.pi / 2, (i + 1) * math.pi / 2)
        c.close_path()
    return trace


def whole():
    return rectangle(-2, -2, SIZE + 4, SIZE + 4)


def polygon(points, closed=True):
    def trace(c):
        c.move_to(*points[0])
        for p in points[1:]:
            c.line_to(*p)
        if closed:
            c.close_path()
    return trace


def smooth(points, closed=True):
    """A curve through the points (Catmull-Rom)."""
    n = len(points)

    def at(i):
        return points[i % n] if closed else points[min(max(i, 0), n - 1)]

    def trace(c):
        c.move_to(*points[0])
        for i in range(n if closed else n - 1):
            p0, p1, p2, p3 = at(i - 1), at(i), at(i + 1), at(i + 2)
            c.curve_to(p1[0] + (p2[0] - p0[0]) / 6, p1[1] + (p2[1] - p0[1]) / 6,
                       p2[0] - (p3[0] - p1[0]) / 6, p2[1] - (p3[1] - p1[1]) / 6, *p2)
        if closed:
            c.close_path()
    return trace


def along(points, step):
    """Points at equal distances along the polyline, its ends included."""
    out, left = [points[0]], step
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        length = math.hypot(x1 - x0, y1 - y0)
        done = 0.
        while length - done >= left:
            done += left
            t = done / length
            out.append((x0 + (x1 - x0) * t, y0 + (y1 - y0) * t))
            left = step
        left -= length - done
    if math.hypot(out[-1][0] - points[-1][0], out[-1][1] - points[-1][1]) > step * .4:
        out.append(points[-1])
    return out


def curve(p0, p1, p2, n=12):
    """Points of a quadratic Bezier curve."""
    return [((1 - t) ** 2 * p0[0] + 2 * t * (1 - t) * p1[0] + t * t * p2[0],
             (1 - t) ** 2 * p0[1] + 2 * t * (1 - t) * p1[1] + t * t * p2[1]) for t in [i / n for i in range(n + 1)]]


def mirrored(points):
    return [(-x, y) for x, y in points]


# Paints.

def gradient(p0, p1, *colours):
    """Linear gradient from p0 to p1; colours have three or four components."""
    g = cairo.LinearGradient(*p0, *p1)
    for i, c in enumerate(colours):
        g.add_color_stop_rgba(i / (len(colours) - 1), *(c if len(c) == 4 else (*c, 1)))
    return g


def down(y0, y1, *colours):
    return gradient((0, y0), (0, y1), *colours)


def glow(x, y, radius, *colours):
    """Radial gradient from the centre outwards."""
    g = cairo.RadialGradient(x, y, 0, x, y, radius)
    for i, c in enumerate(colours):
        g.add_color_stop_rgba(i / (len(colours) - 1), *(c if len(c) == 4 else (*c, 1)))
    return g


def clear(colour, alpha):
    return (*colour, alpha)
