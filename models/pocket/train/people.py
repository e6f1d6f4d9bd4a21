"""People: head and shoulders, light from the upper left.

choose() rolls the attributes a caption may speak of; draw() paints them and
rolls everything a caption leaves open (skin, pose, proportions, hair style).
The skin is drawn evenly from palette.SKIN and no caption ever depends on it.
"""
import math

from canvas import (arc, along, circles, clear, curve, down, ellipse, glow, gradient, mirrored, polygon, rectangle,
                    smooth, whole)
from palette import BACKDROP, CLOTH, EYES, HAIR, METAL, SKIN, brightness, mix, shade, vary


def choose(rng):
    """Attributes of one person, as captions name them."""
    who = rng.choice(['woman', 'woman', 'man', 'man', 'girl', 'boy'])
    feminine = who in ('woman', 'girl')
    return {
        'domain': 'people', 'who': who,
        'hair': rng.choice(['blond', 'brown', 'red', 'black'] * 2 + list(HAIR)),
        'length': rng.choice(['long', 'long', 'short'] if feminine else ['short', 'short', 'long']),
        'texture': rng.choice(['straight', 'wavy', 'curly']),
        'mood': rng.choice(['smile', 'smile', 'sad', 'neutral', 'neutral']),
        'glasses': rng.choice(['glasses'] * 5 + ['sunglasses'] * 2 + [None] * 15),
        'beard': who == 'man' and rng.random() < .35,
        'earrings': feminine and rng.random() < .28,
        'freckles': rng.random() < .2,
        'hat': rng.choice(list(CLOTH)) if rng.random() < .25 else None,
        'shirt': rng.choice(list(CLOTH)),
        'backdrop': rng.choice(list(BACKDROP)),
        'eyes': rng.choice(list(EYES)),
        'skin': rng.randrange(len(SKIN)),
    }


class Person:
    """The proportions and colours of one drawing, shared by its parts."""

    def __init__(self, rng, a):
        self.rng, self.a = rng, a
        self.feminine, self.child = a['who'] in ('woman', 'girl'), a['who'] in ('girl', 'boy')
        self.skin = vary(rng, SKIN[a['skin']], .015)
        self.dark_skin = brightness(self.skin) < .5
        self.hair = vary(rng, HAIR[a['hair']], .02)
        self.hair_dark = shade(self.hair, -.35)
        self.hair_light = mix(self.hair, (1, .97, .9), .20 if a['hair'] == 'black' else .38)
        self.width = 30 if self.child else rng.uniform(27.5, 30)
        self.chin = 30 if self.child else rng.uniform(32, 34.5) + (0 if self.feminine else 1)
        self.jaw = .56 if self.child else .5 if self.feminine else .72
        self.top = -43
        self.phase = rng.choice([0, math.pi])  # of the waves


def draw(canvas, rng, a):
    p = Person(rng, a)
    x, y = 64 + rng.uniform(-6, 6), 63 + rng.uniform(-2, 3) + (4 if a['hat'] else 0)
    angle, scale = rng.uniform(-.06, .06), rng.uniform(1., 1.08)
    _backdrop(canvas, rng, a)
    with canvas.placed(x, y, angle, scale):
        _hair_behind(canvas, p)
    with canvas.placed(x, y, angle / 3, scale):
        _shoulders(canvas, p)
    with canvas.placed(x, y, angle, scale):
        _hair_over_shoulders(canvas, p)
        _head(canvas, p)
        _eyes(canvas, p)
        _nose(canvas, p)
        _mouth(canvas, p)
        _hair_in_front(canvas, p)
        if a['earrings']:
            _earrings(canvas, p)
        if a['glasses']:
            _glasses(canvas, p)
        if a['hat']:
            _hat(canvas, p)


def _backdrop(canvas, rng, a):
    colour = vary(rng, BACKDROP[a['backdrop']], .015)
    canvas.fill(whole(), gradient((0, 0), (128, 128), shade(colour, .10), shade(colour, -.07)), 'background')
    if rng.random() < .5:
        canvas.fill(ellipse(64, 62, 54, 54), clear(shade(colour, .35), .55))


def _shoulders(canvas, p):
    neck = 10 if p.feminine or p.child else 13
    wide = 40 if p.child else 43 if p.feminine else 50
    top = p.chin + 8
    shadow = shade(p.skin, -.24)
    canvas.fill(polygon([(-neck, p.chin - 14), (neck, p.chin - 14), (neck + 3, top + 22), (-neck - 3, top + 22)]),
                down(p.chin - 8, top + 6, shadow, shade(p.skin, -.06)), 'skin')
    shirt = vary(p.rng, CLOTH[p.a['shirt']], .015)
    cut = p.rng.choice(['round', 'v', 'high'])
    dip = {'round': 11, 'v': 18, 'high': 1}[cut]

    def outline(c):
        c.move_to(-wide - 8, 90)
        c.curve_to(-wide - 2, top + 8, -wide * .7, top + 3, -neck - 3, top - 3)
        if cut == 'v':
            c.line_to(0, top + dip)
            c.line_to(neck + 3, top - 3)
        else:
            c.curve_to(-neck, top + dip, neck, top + dip, neck + 3, top - 3)
        c.curve_to(wide * .7, top + 3, wide + 2, top + 8, wide + 8, 90)
        c.close_path()

    canvas.fill(outline, gradient((-wide, top), (wide, 80), shade(shirt, .10), shade(shirt, -.18)), 'shirt')
    if cut == 'high':
        canvas.fill(rectangle(-neck - 4, top - 6, 2 * neck + 8, 9, 4), shade(shirt, -.22), 'shirt')


# Hair. The outline's right half runs from the crown down to the ends of the hair.

def _outline(p):
    long, curly = p.a['length'] == 'long', p.a['texture'] == 'curly'
    puff = {'straight': 0, 'wavy': 2, 'curly': 1}[p.a['texture']]
    w = p.width + 8 + puff
    points = [(0, p.top), (w * .55, p.top + 4), (w * .9, p.top + 18), (w, -8)]
    if long:
        flare = 0 if p.a['texture'] == 'straight' else 5
        points += [(w + flare * .5, 14), (w + flare, 36), (w + flare - 3, 54)]
    elif p.feminine or p.child and p.a['who'] == 'girl':
        points += [(w + 2, 8), (w, 22)] if curly else [(w + 1.5, 8), (w - 1, 26)]
    else:
        points[-1] = (w - 4, -8)
        points[-2] = (w * .86, p.top + 18)
        points += [(w - 5, 0)]
    return points


def _textured(p, points):
    """The outline as the texture has it: smooth or in waves (curls are discs)."""
    if p.a['texture'] != 'wavy':
        return points
    dense, out = along(points, 2.), []
    for i, (x, y) in enumerate(dense):
        (xa, ya), (xb, yb) = dense[max(0, i - 1)], dense[min(len(dense) - 1, i + 1)]
        length = math.hypot(xb - xa, yb - ya) or 1
        ramp = min(1., max(0., (y - p.top) / 22))
        offset = ramp * 3.4 * math.sin(i * 2 * 2 * math.pi / 19 + p.phase)
        out.append((x + (yb - ya) / length * offset, y - (xb - xa) / length * offset))
    return out[::2]


def _hair_paint(p):
    bottom = 50 if p.a['length'] == 'long' else 15
    return gradient((-24, p.top), (22, bottom), p.hair_light, p.hair, p.hair, p.hair_dark)


def _curls(points, spacing=10.5):
    return along(points, spacing)


def _hair_behind(canvas, p):
    half = _outline(p)
    back = gradient((-20, -20), (20, 50), mix(p.hair, p.hair_dark, .6), p.hair_dark)
    if p.a['length'] == 'short' and not p.feminine:
        if p.a['texture'] == 'curly':
            discs = _curls(half) + mirrored(_curls(half)[1:])
            canvas.fill(circles([(x * .93, y * .95) for x, y in discs], 9), _hair_paint(p), 'hair')
        return
    if p.a['texture'] == 'curly':
        canvas.fill(smooth(half + [(0, half[-1][1])] + mirrored(half)[:0:-1]), back, 'hair')
        discs = _curls(half) + mirrored(_curls(half)[1:])
        canvas.fill(circles(discs, 9.5), _hair_paint(p), 'hair')
        return
    edge = _textured(p, half)
    tip = [(half[-1][0] * .5, half[-1][1] + 4)]
    canvas.fill(smooth(edge + tip + mirrored(tip) + mirrored(edge)[:0:-1]), back, 'hair')


def _hair_over_shoulders(canvas, p):
    """Long hair falls in front of the shoulders, left and right of the neck."""
    if p.a['length'] != 'long':
        return
    half = [q for q in _outline(p) if q[1] > -20]
    paint = _hair_paint(p)
    for side in (-1, 1):
        if p.a['texture'] == 'curly':
            outer = _curls([(side * (x - 2), y) for x, y in half], 10)
            inner = [(x - side * 11, y + 4) for x, y in outer if y > 8]
            canvas.fill(circles(outer + inner, 9), paint, 'hair')
            _ringlets(canvas, p, [q for pair in zip(outer[1:], inner) for q in pair])
            continue
        edge = _textured(p, half)
        lock = [(side * x, y) for x, y in edge] + [(side * (half[-1][0] - 9), half[-1][1] + 3)]
        inner = [(16, half[-1][1] - 2), (17, 34), (22, 20), (p.width - 3, 0)]
        canvas.fill(smooth(lock + [(side * x, y) for x, y in inner]), paint, 'hair')
        for k, lightness in ((9, p.hair_light), (15, p.hair_dark)):
            strand = [(side * (x - k), y + k / 3) for x, y in edge if y > 4]
            if len(strand) > 2:
                canvas.stroke(smooth(strand, False), clear(lightness, .55), 2.4)


def _ringlets(canvas, p, points):
    light, dark = clear(mix(p.hair_light, (1, 1, 1), .12), .8), clear(p.hair_dark, .75)
    for i, (x, y) in enumerate(points):
        canvas.stroke(arc(x, y, 4.8, math.pi * .75, math.pi * 1.95), dark if i % 2 else light, 2.6)


def _hair_in_front(canvas, p):
    half = [q for q in _outline(p) if q[1] < 0]
    short_man = p.a['length'] == 'short' and not p.feminine
    end = (p.width + (1 if short_man else 2), 2)
    crown = half + [end]
    style, line = _hairline(p)
    if p.a['texture'] == 'curly':
        _curly_front(canvas, p, crown, line)
        return
    edge = _textured(p, crown)
    cap = smooth_cap(edge, line)
    canvas.fill(cap, _hair_paint(p), 'hair')
    with canvas.clipped(cap):
        _strands(canvas, p, style)
        # The shine of the crown.
        canvas.stroke(arc(-3, 8, 43, -math.pi * .80, -math.pi * .48), clear(mix(p.hair_light, (1, 1, 1), .35), .6), 5)


def smooth_cap(edge, line):
    """From ear to ear over the crown, and back along the hairline."""
    over = smooth(mirrored(edge)[::-1] + edge[1:], False)

    def trace(c):
        over(c)
        for x, y in line:
            c.line_to(x, y)
        c.close_path()
    return trace


def _hairline(p):
    """Points from the right temple to the left one; they decide the hair style."""
    w = p.width
    if p.feminine or p.child:
        style = p.rng.choice(['fringe', 'side', 'middle'])
    else:
        style = p.rng.choice(['side', 'up', 'up'])
    if style == 'fringe':
        return style, (curve((w - 2, 2), (w - 3, -12), (w - 8, -14), 5) + curve((w - 8, -14), (0, -11), (-w + 8, -14))
                       + curve((-w + 8, -14), (-w + 3, -12), (-w + 2, 2), 5))
    if style == 'middle':
        return style, curve((w - 2, 4), (w - 3, -16), (0, -29)) + curve((0, -29), (-w + 3, -16), (-w + 2, 4))
    if style == 'side':
        x = 11 * p.rng.choice([-1, 1])
        return style, curve((w - 2, 3), (w - 2, -17), (x, -28)) + curve((x, -28), (-w + 2, -17), (-w + 2, 3))
    return style, (curve((w - 2, 2), (w - 3, -16), (w - 11, -20), 6) + curve((w - 11, -20), (0, -24), (-w + 11, -20))
                   + curve((-w + 11, -20), (-w + 3, -16), (-w + 2, 2), 6))


def _strands(canvas, p, style):
    root = {'fringe': 0, 'middle': 0, 'up': 0}.get(style, p.rng.choice([-8, 8]))
    for i, t in enumerate((-.95, -.6, -.25, .25, .6, .95)):
        x = t * (p.width + 6)
        q = curve((root + x * .2, p.top + 3), (x * .75, p.top + 12), (x, -2), 14)
        if p.a['texture'] == 'wavy':
            q = [(qx + 2.6 * math.sin(qy * .36 + p.phase), qy) for qx, qy in q]
        canvas.stroke(smooth(q, False), clear(p.hair_dark if i % 2 else p.hair_light, .5), 2.4)


def _curly_front(canvas, p, crown, line):
    shape = smooth_cap(crown, line)
    paint = _hair_paint(p)
    canvas.fill(shape, paint, 'hair')
    rim = _curls(crown, 10.5)
    rim = [(x * .97, y) for x, y in rim] + [(-x * .97, y) for x, y in rim[1:]]
    fringe = along([(x * .96, y - 3) for x, y in line], 9.5)
    canvas.fill(circles(rim, 9), paint, 'hair')
    canvas.fill(circles(fringe, 6), paint, 'hair')
    _ringlets(canvas, p, rim[::2] + [(x * .74, y * .80) for x, y in rim[1::2]] + [(-7, -27), (7, -27)])


def _head(canvas, p):
    w, b, skin = p.width, p.chin, p.skin
    for side in (-1, 1):
        canvas.fill(ellipse(side * (w + .5), 4, 5, 7), shade(skin, -.10), 'skin')
        canvas.fill(ellipse(side * (w + .5), 4.5, 2.4, 4), shade(skin, -.28))

    def outline(c):
        c.move_to(-w, -5)
        c.curve_to(-w, b * .5, -w * p.jaw, b, 0, b)
        c.curve_to(w * p.jaw, b, w, b * .5, w, -5)
        c.curve_to(w, -26, w * .6, -36, 0, -36)
        c.curve_to(-w * .6, -36, -w, -26, -w, -5)
        c.close_path()

    canvas.fill(outline, glow(-9, -8, 52, shade(skin, .14), skin, shade(skin, -.20)), 'skin')
    with canvas.clipped(outline):
        blush = mix(skin, (.95, .30, .30), .55 if not p.dark_skin else .42)
        for side in (-1, 1):
            canvas.fill(ellipse(side * w * .63, 12.5, 7, 4.6), glow(side * w * .63, 12.5, 7, clear(blush, .8), clear(blush, 0)))
        if p.a['beard']:
            _beard(canvas, p)
        if p.a['freckles']:
            _freckles(canvas, p)


def _freckles(canvas, p):
    """A few large dots, always in the same places: what a latent of eight pixels can hold."""
    colour = mix(p.skin, (.55, .22, .08), .75) if not p.dark_skin else shade(p.skin, -.55)
    x = p.width * .56
    for side in (-1, 1):
        canvas.mark(ellipse(side * x, 13, 9, 6), 'freckles')
        for dx, dy in ((-5.6, -1.6), (0, -2.6), (5.6, -1.6), (-2.8, 3.2), (3., 3.2)):
            canvas.fill(ellipse(side * x + dx, 13 + dy, 1.75, 1.75), colour)


def _beard(canvas, p):
    w, b = p.width, p.chin
    colour = mix(p.hair, p.hair_dark, .25)

    def outline(c):
        c.move_to(-w - 3, 4)
        c.line_to(-w - 3, b + 6)
        c.line_to(w + 3, b + 6)
        c.line_to(w + 3, 4)
        c.curve_to(w * .88, 16, w * .62, 14, 10, 13.5)
        c.curve_to(5, 12, -5, 12, -10, 13.5)
        c.curve_to(-w * .62, 14, -w * .88, 16, -w - 3, 4)
        c.close_path()

    canvas.fill(outline, gradient((-20, 10), (15, b), shade(colour, .10), colour, p.hair_dark), 'beard')


def _eyes(canvas, p):
    x, y = 12.6, 0
    rx, ry = (6.8, 6.4) if not p.child else (7.2, 7)
    iris = vary(p.rng, EYES[p.a['eyes']], .02)
    brow = shade(p.hair, -.42) if brightness(p.hair) > .3 else (.10, .08, .09)
    if abs(brightness(brow) - brightness(p.skin)) < .12:
        brow = shade(p.skin, -.6)
    tilt = {'sad': -3.2, 'smile': .8, 'neutral': 0}[p.a['mood']]
    for side in (-1, 1):
        ex = side * x
        canvas.fill(ellipse(ex, y, rx, ry), (1, 1, 1), 'eyes')
        canvas.fill(ellipse(ex, y + .3, 5., 5.2), down(y - 5, y + 5, shade(iris, -.35), iris), 'eyes')
        canvas.fill(ellipse(ex, y + .3, 2.5, 2.6), (.05, .05, .07))
        canvas.fill(ellipse(ex - 1.7, y - 1.9, 1.7, 1.7), (1, 1, 1))
        lid = [(ex - rx - .6, y - .2), (ex - rx * .5, y - ry * .92), (ex + rx * .5, y - ry * .92), (ex + rx + .6, y - .2)]
        canvas.stroke(smooth(lid, False), (.13, .09, .09), 2.6 if p.feminine else 2.1)
        if p.feminine:
            canvas.stroke(polygon([(ex + side * rx, y - 2), (ex + side * (rx + 2.8), y - 4.6)], False), (.13, .09, .09), 2)
        line = [(side * (x - 6), y - 10.6 + tilt), (ex, y - 12.6), (side * (x + 6.4), y - 10.4 - tilt * .9)]
        canvas.stroke(smooth(line, False), brow, 2.4 if p.feminine else 3.4)


def _nose(canvas, p):
    line = shade(p.skin, -.34)
    canvas.stroke(smooth([(-3.6, 11.2), (-2, 13), (0, 13.4), (2, 13), (3.6, 11.2)], False), line, 2.3)
    canvas.fill(ellipse(-.8, 7, 1.8, 3.4), clear((1, 1, 1), .28))


def _mouth(canvas, p):
    lips = mix((.80, .16, .24), p.skin, .15 if p.feminine else .35)
    if p.dark_skin:
        lips = mix((.88, .34, .36), p.skin, .1 if p.feminine else .25)
    y = 20.5
    if p.a['mood'] == 'smile':
        def outline(c):
            c.move_to(-11, y - 3.4)
            c.curve_to(-7, y - 1.6, 7, y - 1.6, 11, y - 3.4)
            c.curve_to(8, y + 8.4, -8, y + 8.4, -11, y - 3.4)
            c.close_path()
        canvas.fill(outline, (.48, .09, .13), 'mouth')
        with canvas.clipped(outline):
            canvas.fill(rectangle(-11, y - 5, 22, 5.6), (1, 1, 1))
            canvas.fill(ellipse(0, y + 6, 5, 3), (.90, .36, .40))
        canvas.stroke(outline, lips, 2)
        return
    bend, half = (-4.6, 9) if p.a['mood'] == 'sad' else (.9, 7.5)
    drop = 2.6 if p.a['mood'] == 'sad' else 0
    curve_points = [(-half, y + drop - bend * .45), (-half * .45, y + drop + bend * .4), (half * .45, y + drop + bend * .4),
                    (half, y + drop - bend * .45)]
    canvas.stroke(smooth(curve_points, False), lips, 3.8 if p.feminine else 3., 'mouth')


def _earrings(canvas, p):
    metal = METAL[1] if p.a['hair'] == 'blond' else METAL[0] if p.a['hair'] in ('white', 'gray') else p.rng.choice(METAL)
    for side in (-1, 1):
        x, y = side * (p.width + 2), 16
        canvas.fill(ellipse(x, y, 4.6, 5.4), gradient((x - 4, y - 4), (x + 4, y + 5), shade(metal, .5), metal, shade(metal, -.25)),
                    'earrings')


def _glasses(canvas, p):
    dark = p.a['glasses'] == 'sunglasses'
    frame = p.rng.choice([(.10, .10, .12), (.10, .10, .12), (.40, .18, .08), (.72, .10, .14)])
    for side in (-1, 1):
        lens = rectangle(side * 12.8 - 10.6, -8.8, 21.2, 18, 8.6)
        if dark:
            canvas.fill(lens, gradient((0, -9), (6, 10), (.30, .32, .40), (.07, .07, .10)), 'glasses')
            canvas.stroke(polygon([(side * 12.8 - 5, -1), (side * 12.8 - 1, -5)], False), (1, 1, 1, .6), 2.2)
        else:
            canvas.fill(lens, (.85, .95, 1, .22))
        canvas.stroke(lens, frame, 2.8, 'glasses')
        canvas.mark(lens, 'glasses')
        canvas.stroke(polygon([(side * 23.4, -2), (side * (p.width + 1), -3)], False), frame, 2.6, 'glasses')
    canvas.stroke(smooth([(-2.4, -1), (0, -2.2), (2.4, -1)], False), frame, 2.6, 'glasses')


def _hat(canvas, p):
    colour = vary(p.rng, CLOTH[p.a['hat']], .015)
    w, y = p.width + 10, -18
    light, dark = shade(colour, .22), shade(colour, -.30)

    def dome(c):
        c.move_to(-w, y)
        c.curve_to(-w, y - 40, w, y - 40, w, y)
        c.close_path()

    canvas.fill(dome, gradient((-w * .7, y - 30), (w, y), light, colour, shade(colour, -.16)), 'hat')
    if p.rng.random() < .5:
        canvas.fill(rectangle(-w - 2, y - 8, 2 * w + 4, 12, 5), gradient((-w, 0), (w, 0), shade(colour, -.05), dark), 'hat')
        canvas.fill(ellipse(0, y - 31, 7, 6.5), glow(-2, y - 33, 9, shade(colour, .55), shade(colour, .15)), 'hat')
    else:
        canvas.fill(rectangle(-w + .5, y - 10, 2 * w - 1, 8), shade(colour, -.5) if brightness(colour) > .3 else (.75, .2, .2), 'hat')
        canvas.fill(ellipse(0, y + 1, w + 14, 6.4), gradient((-w, y - 5), (w, y + 7), shade(colour, .08), dark), 'hat')
