"""Animals, sitting on something: a cat on a sofa, a bird on the beach.

choose() rolls the attributes a caption may speak of; draw() paints the place,
then the animal, facing us.
"""
from canvas import arc, circles, clear, down, ellipse, glow, gradient, polygon, rectangle, smooth, whole
from palette import BACKDROP, CLOTH, FEATHER, FUR, SOFA, brightness, mix, shade, vary

PLACES = ['sofa', 'sofa', 'grass', 'beach', 'snow', 'bed', 'carpet']
INDOORS = ('sofa', 'bed', 'carpet')


def choose(rng):
    """Attributes of one animal and its place, as captions name them."""
    animal = rng.choice(['cat', 'cat', 'dog', 'rabbit', 'bird'])
    colour = rng.choice(list(FEATHER if animal == 'bird' else FUR))
    others = [c for c in CLOTH if c != colour]  # a collar shows on the coat
    return {
        'domain': 'animals', 'animal': animal, 'colour': colour,
        'place': rng.choice(PLACES),
        'place_colour': rng.choice(list(SOFA)),
        'wall': rng.choice(list(BACKDROP)),
        'hat': rng.choice(list(CLOTH)) if rng.random() < .18 else None,
        'collar': rng.choice(others) if animal != 'bird' and rng.random() < .25 else None,
        'ball': rng.choice(list(CLOTH)) if rng.random() < .18 else None,
        'eyes': rng.choice(['green', 'blue', 'brown']),
    }


class Animal:
    """The colours and measures of one drawing."""

    def __init__(self, rng, a):
        self.rng, self.a, self.kind = rng, a, a['animal']
        table = FEATHER if self.kind == 'bird' else FUR
        self.coat = vary(rng, table[a['colour']], .02)
        self.light = shade(self.coat, .30 if a['colour'] != 'black' else .20)
        self.dark = shade(self.coat, -.28)
        self.belly = mix(self.coat, (1, .97, .93), .18 if a['colour'] == 'black' else .55)
        self.line = (.12, .10, .11) if brightness(self.coat) > .3 else (.03, .03, .04)
        self.side = rng.choice([-1, 1])


def draw(canvas, rng, a):
    p = Animal(rng, a)
    seat = _place(canvas, rng, a)
    x, scale = 64 + rng.uniform(-14, 14), rng.uniform(.95, 1.08)
    if a['hat'] or a['animal'] == 'rabbit':
        scale *= .90
    canvas.fill(ellipse(x, seat + 1, 33 * scale, 6), (0, 0, 0, .20))
    if a['ball']:
        _ball(canvas, rng, a, x - p.side * 40, seat)
    with canvas.placed(x, seat, 0, scale * p.side, scale):
        {'cat': _cat, 'dog': _dog, 'rabbit': _rabbit, 'bird': _bird}[p.kind](canvas, p)


# Places. Each returns the height on which the animal sits.

def _place(canvas, rng, a):
    if a['place'] in INDOORS:
        wall = vary(rng, BACKDROP[a['wall']], .015)
        canvas.fill(whole(), gradient((0, 0), (128, 100), shade(wall, .16), shade(wall, -.06)), 'background')
        return {'sofa': _sofa, 'bed': _bed, 'carpet': _carpet}[a['place']](canvas, rng, a)
    canvas.fill(whole(), down(0, 76, (.30, .64, .96), (.80, .92, 1.)), 'background')
    sun = rng.choice([20, 108])
    if rng.random() < .5:
        canvas.fill(ellipse(sun, 20, 26, 26), glow(sun, 20, 26, (1, .95, .6, .7), (1, .95, .6, 0)))
        canvas.fill(ellipse(sun, 20, 10, 10), (1., .87, .30), 'sun')
    else:
        canvas.fill(circles([(sun - 10, 22), (sun, 17), (sun + 11, 22)], [7, 9.5, 7]), (1, 1, 1), 'clouds')
    return {'grass': _grass, 'beach': _beach, 'snow': _snow}[a['place']](canvas, rng, a)


def _sofa(canvas, rng, a):
    colour = vary(rng, SOFA[a['place_colour']], .015)
    canvas.fill(rectangle(-4, 110, 136, 22), gradient((0, 110), (128, 128), (.78, .62, .46), (.66, .50, .36)))
    for x in (16, 104):
        canvas.fill(rectangle(x, 112, 8, 10, 2), (.42, .27, .17), 'seat')
    canvas.fill(rectangle(10, 50, 108, 50, 12), gradient((10, 48), (118, 100), shade(colour, .16), shade(colour, -.10)), 'seat')
    canvas.stroke(polygon([(64, 56), (64, 84)], False), shade(colour, -.26), 2.4)
    canvas.fill(rectangle(8, 84, 112, 16, 7), down(84, 100, shade(colour, .26), colour), 'seat')
    canvas.fill(rectangle(8, 97, 112, 17, 5), down(97, 114, shade(colour, -.08), shade(colour, -.26)), 'seat')
    for x in (-3, 111):
        canvas.fill(rectangle(x, 68, 20, 46, 9), gradient((x, 68), (x + 20, 114), shade(colour, .14), shade(colour, -.24)), 'seat')
    return 96


def _bed(canvas, rng, a):
    colour = vary(rng, SOFA[a['place_colour']], .015)
    canvas.fill(rectangle(4, 40, 120, 60, 14), gradient((4, 40), (124, 90), (.68, .46, .30), (.52, .33, .20)), 'seat')
    for x in (12, 68):
        canvas.fill(rectangle(x, 58, 48, 28, 11), gradient((x, 58), (x + 48, 86), (1, 1, 1), (.84, .87, .93)), 'seat')
    canvas.fill(rectangle(-6, 78, 140, 60, 12), down(78, 128, shade(colour, .24), shade(colour, -.20)), 'seat')
    canvas.fill(rectangle(-6, 78, 140, 11, 5), shade(colour, .55), 'seat')
    return 106


def _carpet(canvas, rng, a):
    colour = vary(rng, SOFA[a['place_colour']], .015)
    canvas.fill(rectangle(-4, 82, 136, 50), down(82, 128, (.86, .70, .52), (.72, .55, .39)), 'ground')
    canvas.fill(rectangle(-4, 78, 136, 6), (.97, .96, .94))
    canvas.fill(ellipse(64, 107, 60, 18), shade(colour, -.16), 'seat')
    canvas.fill(ellipse(64, 106, 53, 14.5), shade(colour, .48), 'seat')
    canvas.fill(ellipse(64, 105.5, 46, 11.5), colour, 'seat')
    if rng.random() < .5:
        x = rng.choice([12, 82])
        canvas.fill(rectangle(x, 16, 34, 40, 3), (.97, .97, .97))
        canvas.fill(rectangle(x + 4, 20, 26, 32), down(20, 52, (.45, .74, .98), (.84, .94, 1.)))
        canvas.stroke(polygon([(x + 17, 20), (x + 17, 52)], False), (.97, .97, .97), 2.6)
    return 106


def _grass(canvas, rng, a):
    colour = vary(rng, (.44, .74, .32), .02)
    canvas.fill(smooth([(-8, 78), (30, 70), (70, 74), (104, 69), (136, 76), (140, 140), (-12, 140)]), down(66, 100, shade(colour, .25), shade(colour, -.05)), 'ground')
    canvas.fill(smooth([(-8, 90), (40, 86), (90, 90), (136, 84), (140, 140), (-12, 140)]), down(84, 128, colour, shade(colour, -.26)), 'seat')
    for i in range(7):
        x, y = (i + .5) * 18.3 + rng.uniform(-5, 5), rng.choice([116, 121, 98])
        petals = rng.choice([(1, 1, 1), (1., .85, .25), (.97, .50, .62)])
        canvas.fill(circles([(x - 2.2, y), (x + 2.2, y), (x, y - 2.2), (x, y + 2.2)], 2.1), petals)
        canvas.fill(ellipse(x, y, 1.6, 1.6), (.98, .70, .12) if petals != (1., .85, .25) else (.85, .45, .1))
    return 108


def _beach(canvas, rng, a):
    horizon = rng.uniform(54, 60)
    canvas.fill(rectangle(-4, horizon, 136, 90), down(horizon, 88, (.12, .48, .82), (.38, .78, .90)), 'ground')
    for y, x in ((horizon + 8, rng.uniform(10, 60)), (horizon + 15, rng.uniform(50, 110))):
        canvas.stroke(polygon([(x - 10, y), (x + 10, y)], False), (1, 1, 1, .75), 2)
    sand = vary(rng, (.97, .85, .60), .015)
    canvas.fill(smooth([(-8, 86), (34, 82), (72, 86), (108, 81), (136, 85), (140, 140), (-12, 140)]), (1, 1, 1))
    canvas.fill(smooth([(-8, 90), (34, 86), (72, 90), (108, 85), (136, 89), (140, 140), (-12, 140)]), down(86, 128, sand, shade(sand, -.18)), 'seat')
    return 108


def _snow(canvas, rng, a):
    canvas.fill(smooth([(-8, 78), (26, 66), (64, 74), (100, 64), (136, 74), (140, 140), (-12, 140)]), down(64, 100, (.94, .97, 1.), (.80, .88, .97)), 'ground')
    for x in (rng.uniform(8, 22), rng.uniform(106, 120)):
        for i in range(3):
            w, y = 11 - 2.6 * i, 84 - 9 * i
            canvas.fill(polygon([(x - w, y), (x + w, y), (x, y - 15)]), gradient((x - w, y), (x + w, y), (.36, .58, .52), (.20, .40, .38)), 'tree')
    canvas.fill(smooth([(-8, 90), (40, 85), (90, 90), (136, 84), (140, 140), (-12, 140)]), down(84, 128, (1, 1, 1), (.78, .86, .96)), 'seat')
    for i in range(18):
        x, y = (i % 6 + .5) * 21 + rng.uniform(-8, 8), (i // 6 + .5) * 22 + rng.uniform(-6, 6)
        canvas.fill(ellipse(x, y, 2., 2.), (1, 1, 1))
    return 108


def _ball(canvas, rng, a, x, seat):
    colour = vary(rng, CLOTH[a['ball']], .015)
    y, r = seat - 6, 11
    canvas.fill(ellipse(x, seat + 4, 11, 3), (0, 0, 0, .2))
    canvas.fill(ellipse(x, y, r, r), glow(x - 4, y - 4, 17, shade(colour, .5), colour, shade(colour, -.3)), 'ball')
    canvas.stroke(arc(x - 7, y, 12, -.75, .75), clear((1, 1, 1), .8), 2.6)


# Animals, in coordinates whose origin is where they sit.

def _body(canvas, p, half, high):
    """A pear: the sitting body with its chest and two front paws."""
    outline = smooth([(0, -high), (half * .62, -high * .72), (half, -high * .22), (half * .8, 0), (0, 3), (-half * .8, 0),
                      (-half, -high * .22), (-half * .62, -high * .72)])
    canvas.fill(outline, gradient((-half, -high), (half, 0), p.light, p.coat, p.dark), 'animal')
    canvas.fill(smooth([(0, -high * .80), (half * .42, -high * .48), (half * .30, -6), (0, -3), (-half * .30, -6), (-half * .42, -high * .48)]),
                clear(p.belly, .9))
    for side in (-1, 1):
        canvas.fill(rectangle(side * 8 - 5.6, -24, 11.2, 26, 5.4), gradient((side * 8 - 6, 0), (side * 8 + 6, 0), p.light, p.coat, p.dark), 'animal')
        canvas.fill(ellipse(side * 8, 0, 7.2, 4.6), p.belly, 'animal')


def _face(canvas, p, y, spread, eye, nose_y, nose):
    """Eyes, nose and mouth; spread is the distance of an eye from the middle."""
    iris = {'green': (.40, .78, .30), 'blue': (.30, .64, .95), 'brown': (.50, .29, .12)}[p.a['eyes']]
    for side in (-1, 1):
        x = side * spread
        canvas.fill(ellipse(x, y, eye + 1.2, eye + 1.4), p.line)
        canvas.fill(ellipse(x, y, eye, eye + .2), iris, 'animal')
        canvas.fill(ellipse(x, y, eye * .58, eye * .80), (.04, .04, .05))
        canvas.fill(ellipse(x - 1.6 * p.side, y - 1.9, 1.7, 1.7), (1, 1, 1))
    canvas.fill(smooth([(-3.6, nose_y - 1.6), (3.6, nose_y - 1.6), (0, nose_y + 2.8)]), nose)
    mouth = (.12, .09, .10) if brightness(p.belly) > .4 else (.75, .72, .72)
    for side in (-1, 1):
        canvas.stroke(smooth([(0, nose_y + 2.6), (side * 2.6, nose_y + 5.6), (side * 6, nose_y + 4.6)], False), mouth, 2)


def _cat(canvas, p):
    canvas.stroke(smooth([(20, -6), (34, -8), (39, -22), (32, -34)], False), p.dark, 8.5, 'animal')
    canvas.stroke(smooth([(37, -26), (32, -34)], False), p.belly, 7.5, 'animal')
    _body(canvas, p, 26, 46)
    _collar(canvas, p, -40, 17)
    head = -57
    for side in (-1, 1):
        canvas.fill(polygon([(side * 24, head - 4), (side * 23, head - 28), (side * 4, head - 16)]), p.coat if side < 0 else p.dark, 'animal')
        canvas.fill(polygon([(side * 20, head - 9), (side * 20.5, head - 22), (side * 10, head - 15)]), (.97, .66, .66))
    canvas.fill(ellipse(0, head, 26.5, 21), gradient((-24, head - 20), (24, head + 18), p.light, p.coat, p.dark), 'animal')
    if p.a['colour'] in ('orange', 'gray', 'brown'):
        for x, low in ((-7, -11), (0, -9), (7, -11)):
            canvas.stroke(polygon([(x, head - 19), (x * .9, head + low)], False), clear(p.dark, .9), 2.8)
    canvas.fill(ellipse(0, head + 9, 12, 8.6), p.belly, 'animal')
    _face(canvas, p, head - 1, 11.5, 5.6, head + 6, (.95, .45, .50))
    whisker = clear((1, 1, 1), .85) if brightness(p.coat) < .6 else clear((.35, .33, .35), .8)
    for side in (-1, 1):
        for dy in (-1.5, 3.5):
            canvas.stroke(polygon([(side * 15, head + 9 + dy * .4), (side * 29, head + 7.5 + dy * 1.5)], False), whisker, 1.6)
    _hat(canvas, p, head - 18, 18)


def _dog(canvas, p):
    canvas.stroke(smooth([(20, -8), (32, -14), (36, -28)], False), p.coat, 9, 'animal')
    _body(canvas, p, 27, 48)
    _collar(canvas, p, -40, 18)
    head = -59
    canvas.fill(ellipse(0, head, 24, 23), gradient((-22, head - 20), (22, head + 18), p.light, p.coat, p.dark), 'animal')
    if p.a['colour'] != 'white':
        canvas.fill(ellipse(0, head - 8, 6, 15), clear(p.belly, .85))
    canvas.fill(ellipse(0, head + 11, 15, 11.5), p.belly, 'animal')
    ear = shade(p.coat, -.42) if brightness(p.coat) > .3 else shade(p.coat, .16)
    for side in (-1, 1):
        canvas.fill(smooth([(side * 14, head - 20), (side * 26, head - 16), (side * 32, head + 4), (side * 26, head + 16), (side * 20, head + 4)]), ear, 'animal')
    _face(canvas, p, head - 2, 10.5, 4.8, head + 6, (.10, .08, .09))
    canvas.fill(ellipse(0, head + 6, 5.6, 4), (.10, .08, .09))
    canvas.fill(ellipse(-1.5, head + 4.8, 1.6, 1.2), (1, 1, 1, .7))
    canvas.fill(smooth([(-3.4, head + 13), (3.4, head + 13), (2.8, head + 20), (0, head + 22), (-2.8, head + 20)]), (.96, .44, .50))
    _hat(canvas, p, head - 20, 18)


def _rabbit(canvas, p):
    canvas.fill(ellipse(25, -9, 9, 9), p.belly, 'animal')
    _body(canvas, p, 25, 42)
    _collar(canvas, p, -36, 16)
    head = -50
    for side in (-1, 1):
        with canvas.placed(side * 10, head - 14, side * .20):
            canvas.fill(ellipse(0, -17, 7.6, 22), gradient((-7, -38), (8, 0), p.light, p.coat, p.dark), 'animal')
            canvas.fill(ellipse(0, -16, 3.8, 15.5), (.98, .70, .74))
    canvas.fill(ellipse(0, head, 23, 20), gradient((-22, head - 18), (22, head + 18), p.light, p.coat, p.dark), 'animal')
    for side in (-1, 1):
        canvas.fill(ellipse(side * 6, head + 9.5, 8.4, 7.2), p.belly, 'animal')
    canvas.fill(rectangle(-4, head + 12, 8, 8, 1.6), (1, 1, 1))
    canvas.stroke(polygon([(0, head + 13), (0, head + 19)], False), (.6, .6, .62), 1.6)
    _face(canvas, p, head - 3, 11.5, 5., head + 5, (.96, .50, .56))
    _hat(canvas, p, head - 17, 16)


def _bird(canvas, p):
    for x in (-8, 6):
        canvas.stroke(polygon([(x, -14), (x, 0)], False), (.96, .58, .14), 3.4, 'animal')
        canvas.stroke(polygon([(x - 6, 1), (x + 6, 1)], False), (.96, .58, .14), 3.2, 'animal')
    canvas.fill(smooth([(14, -30), (42, -20), (48, -10), (34, -10), (16, -14)]), p.dark, 'animal')
    body = smooth([(-6, -78), (12, -74), (20, -58), (27, -40), (24, -20), (4, -10), (-18, -14), (-28, -32), (-25, -56), (-20, -72)])
    canvas.fill(body, gradient((-22, -76), (26, -12), p.light, p.coat, p.dark), 'animal')
    canvas.fill(smooth([(-18, -48), (-6, -50), (4, -36), (2, -18), (-14, -16), (-24, -30)]), p.belly)
    canvas.fill(smooth([(4, -50), (22, -46), (32, -30), (34, -18), (18, -20), (6, -32)]), gradient((4, -50), (30, -18), shade(p.coat, -.12), shade(p.coat, -.42)), 'animal')
    canvas.stroke(smooth([(11, -36), (18, -29), (27, -25)], False), clear(p.light, .7), 2.6)
    canvas.fill(polygon([(-22, -66), (-22, -54), (-37, -58)]), gradient((-36, -66), (-22, -54), (1., .74, .22), (.92, .50, .10)), 'animal')
    canvas.fill(ellipse(-11, -63, 6, 6.2), (1, 1, 1), 'animal')
    canvas.fill(ellipse(-12.2, -63, 3.9, 4.2), (.06, .06, .08))
    canvas.fill(ellipse(-13.4, -64.8, 1.5, 1.5), (1, 1, 1))
    with canvas.placed(-4, 0):
        _hat(canvas, p, -75, 15)


def _collar(canvas, p, y, half):
    if not p.a['collar']:
        return
    colour = vary(p.rng, CLOTH[p.a['collar']], .015)
    canvas.fill(rectangle(-half, y, 2 * half, 9, 4), gradient((-half, y), (half, y + 8), shade(colour, .15), shade(colour, -.15)), 'collar')
    canvas.fill(ellipse(0, y + 11, 4.2, 4.2), (1., .82, .22), 'collar')


def _hat(canvas, p, y, half):
    if not p.a['hat']:
        return
    colour = vary(p.rng, CLOTH[p.a['hat']], .015)

    def dome(c):
        c.move_to(-half, y)
        c.curve_to(-half, y - 27, half, y - 27, half, y)
        c.close_path()

    canvas.fill(dome, gradient((-half, y - 20), (half, y), shade(colour, .25), colour, shade(colour, -.18)), 'hat')
    canvas.fill(rectangle(-half, y - 7, 2 * half, 6), shade(colour, -.5) if brightness(colour) > .3 else (.75, .2, .2), 'hat')
    canvas.fill(ellipse(0, y, half + 9, 4.6), gradient((-half, y - 4), (half, y + 5), shade(colour, .10), shade(colour, -.28)), 'hat')
