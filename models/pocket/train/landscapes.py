"""Landscapes: a feature (river, street, …) between or before mountains or hills.

choose() rolls the attributes a caption may speak of; draw() paints from the
sky downwards. The hour and the weather tint everything, so that "at sunset" or
"in fog" changes the whole picture while its layout stays.
"""
from canvas import circles, clear, curve, down, ellipse, glow, gradient, polygon, rectangle, smooth, whole
from palette import brightness, mix, shade, vary

FEATURES = ['river', 'river', 'street', 'street', 'forest', 'desert', 'lake', 'field', 'snow']
HOURS = ['day', 'day', 'day', 'sunset', 'sunset', 'night', 'night', 'sunrise']
WEATHERS = ['clear', 'clear', 'clear', 'clear', 'cloudy', 'rain', 'fog', 'snowfall']
SEASONS = ['summer', 'summer', 'summer', 'autumn', 'winter', 'spring']

SKY = {
    'day': [(.26, .60, .95), (.76, .90, .99)],
    'sunset': [(.43, .22, .55), (.95, .42, .32), (1., .80, .38)],
    'sunrise': [(.52, .70, .94), (.99, .77, .80), (1., .92, .68)],
    'night': [(.04, .06, .20), (.16, .22, .46)],
}
GREY_SKY = {'day': [(.55, .61, .69), (.80, .83, .87)], 'sunset': [(.42, .32, .46), (.84, .55, .48)],
            'sunrise': [(.62, .64, .74), (.92, .80, .80)], 'night': [(.07, .08, .16), (.20, .23, .34)]}
GRASS = {'summer': (.42, .70, .30), 'spring': (.56, .82, .36), 'autumn': (.80, .63, .27), 'winter': (.93, .95, .99)}
LEAVES = {'summer': [(.22, .55, .24), (.30, .62, .24)], 'spring': [(.98, .70, .80), (.50, .78, .30)],
          'autumn': [(.90, .42, .10), (.84, .26, .12), (.95, .68, .14)], 'winter': [(.90, .94, .98)]}
PINE = {'summer': (.12, .42, .27), 'spring': (.20, .54, .30), 'autumn': (.36, .44, .20), 'winter': (.26, .46, .44)}
FLOWERS = [(.98, .82, .20), (.95, .40, .55), (.98, .98, .98)]


def choose(rng):
    """Attributes of one landscape, as captions name them."""
    feature = rng.choice(FEATURES)
    hour, weather, season = rng.choice(HOURS), rng.choice(WEATHERS), rng.choice(SEASONS)
    if feature == 'desert':
        season, weather = 'summer', rng.choice(['clear', 'clear', 'cloudy'])
    if feature == 'snow' or weather == 'snowfall':
        season = 'winter'
    if season == 'winter' and weather == 'rain':
        weather = 'snowfall'
    water = feature in ('river', 'lake')
    thing = rng.choice(['house', 'castle', 'tree', 'house', 'tree', None, None, None, None])
    if feature in ('forest', 'desert', 'snow') and thing == 'tree':
        thing = None
    bright = weather == 'clear'
    return {
        'domain': 'landscapes', 'feature': feature, 'hour': hour, 'weather': weather, 'season': season,
        'range': rng.choice(['mountains', 'mountains', 'mountains', 'hills']),
        'place': rng.choice(['between', 'between', 'before']),
        'thing': thing, 'boat': water and rng.random() < .35,
        'sun': bright and (hour in ('sunset', 'sunrise') or hour == 'day' and rng.random() < .45),
        'moon': bright and hour == 'night' and rng.random() < .75,
        'stars': bright and hour == 'night',
    }


class Scene:
    """The layout and light of one drawing, shared by its parts."""

    def __init__(self, rng, a):
        self.rng, self.a = rng, a
        self.horizon = rng.uniform(62, 72)
        self.grey = a['weather'] in ('cloudy', 'rain', 'fog', 'snowfall')
        self.sky = [vary(rng, c, .015) for c in (GREY_SKY if self.grey else SKY)[a['hour']]]
        self.vanish = 64 + rng.uniform(-6, 6)
        self.foot = self.vanish + rng.uniform(-18, 18)
        self.sun_side = rng.choice([-1, 1])
        self.sun_x = 64 + (self.sun_side * rng.uniform(18, 44) if a['place'] == 'before' else rng.uniform(-24, 24))
        self.thing_side = rng.choice([-1, 1])  # where the house, castle or tree stands
        grass = GRASS[a['season']]
        if a['feature'] == 'desert':
            grass = (.95, .79, .48)
        if a['feature'] == 'snow':
            grass = GRASS['winter']
        self.ground = self.lit(vary(rng, grass, .02))

    def lit(self, colour):
        """The colour under this hour's and weather's light."""
        hour = self.a['hour']
        if hour == 'night':
            colour = mix(shade(colour, -.45), (.10, .15, .38), .38)
        elif hour == 'sunset':
            colour = shade(mix(colour, (.92, .40, .22), .22), -.12)
        elif hour == 'sunrise':
            colour = mix(colour, (1., .76, .68), .20)
        if self.grey:
            grey = brightness(colour)
            colour = shade(mix(colour, (grey, grey, grey + .02), .30), -.06)
        return colour

    def water(self):
        colour = mix((.16, .50, .86), self.sky[-1], .25)
        return mix(self.lit(colour), (.80, .92, .98), .35 if self.a['season'] == 'winter' else 0)


def draw(canvas, rng, a):
    s = Scene(rng, a)
    _sky(canvas, s)
    _range(canvas, s)
    _ground(canvas, s)
    if a['thing'] == 'castle':
        _castle(canvas, s)
    elif a['thing'] == 'house' and a['feature'] == 'lake':
        _house(canvas, s, s.horizon + 10)
    {'river': _river, 'street': _street, 'forest': _forest, 'desert': _desert, 'lake': _lake, 'field': _field,
     'snow': _snow}[a['feature']](canvas, s)
    if a['thing'] == 'house' and a['feature'] != 'lake':
        _house(canvas, s, s.horizon + rng.uniform(20, 28))
    elif a['thing'] == 'tree':
        _tree(canvas, s, 64 + s.thing_side * rng.uniform(38, 46), rng.uniform(112, 121), rng.uniform(58, 70), 'tree', 'round')
    _weather(canvas, s)


def _sky(canvas, s):
    rng, a = s.rng, s.a
    canvas.fill(whole(), down(0, s.horizon + 4, *s.sky), 'sky')
    if a['stars']:
        for i in range(14):
            x, y = (i % 7 + .5) * 18.3 + rng.uniform(-6, 6), (12 if i < 7 else 36) + rng.uniform(-8, 8)
            r = rng.choice([1.3, 1.9])
            canvas.fill(ellipse(x, y, r, r), (1, 1, .88))
            canvas.mark(ellipse(x, y, 2, 2), 'stars')
    x = s.sun_x
    if a['moon']:
        y = rng.uniform(16, 26)
        canvas.fill(ellipse(x, y, 22, 22), glow(x, y, 22, (.95, .95, .75, .40), (.95, .95, .75, 0)))
        canvas.fill(ellipse(x, y, 10.5, 10.5), (.98, .96, .82), 'moon')
        canvas.fill(ellipse(x + 3, y + 2, 2.6, 2.6), (.88, .86, .72))
        canvas.fill(ellipse(x - 3.5, y - 2.5, 2, 2), (.90, .88, .74))
    if a['sun']:
        y = rng.uniform(17, 26) if a['hour'] == 'day' else rng.uniform(36, 44)
        colour = {'day': (1., .86, .26), 'sunset': (1., .66, .22), 'sunrise': (1., .88, .45)}[a['hour']]
        canvas.fill(ellipse(x, y, 30, 30), glow(x, y, 30, clear(shade(colour, .4), .75), clear(shade(colour, .4), 0)))
        canvas.fill(ellipse(x, y, 11.5, 11.5), colour, 'sun')
    if a['weather'] != 'clear' or a['hour'] in ('day', 'sunrise') and rng.random() < .35:
        _clouds(canvas, s, 4 if s.grey else 2)


def _clouds(canvas, s, count):
    light = {'day': (1, 1, 1), 'sunset': (.99, .72, .60), 'sunrise': (1, .93, .90), 'night': (.30, .33, .46)}[s.a['hour']]
    if s.grey:
        light = mix(light, (.62, .64, .70), .35)
    for i in range(count):
        x, y = (i + .5) * 128 / count + s.rng.uniform(-12, 12), s.rng.uniform(12, 30)
        k = s.rng.uniform(.9, 1.2)
        if s.a['sun'] and abs(x - s.sun_x) < 30:
            continue
        shape = circles([(x - 13 * k, y + 1), (x - 3 * k, y - 5 * k), (x + 9 * k, y - 1), (x + 17 * k, y + 2), (x + 2, y + 2)],
                        [6.5 * k, 9 * k, 8 * k, 5 * k, 7 * k])
        with canvas.clipped(rectangle(x - 30, y - 30, 60, 36)):
            canvas.fill(shape, down(y - 12, y + 8, light, shade(light, -.12)), 'clouds')


# Mountains and hills.

def _range(canvas, s):
    rng, a, h = s.rng, s.a, s.horizon
    if a['range'] == 'mountains':
        base = rng.choice([(.45, .50, .62), (.50, .46, .50), (.40, .50, .60), (.53, .47, .43)])
        if a['feature'] == 'desert':
            base = rng.choice([(.74, .45, .32), (.66, .44, .36)])
    else:
        base = {'summer': (.34, .60, .32), 'spring': (.45, .72, .38), 'autumn': (.74, .50, .20), 'winter': (.80, .86, .94)}[a['season']]
        if a['feature'] == 'desert':
            base = (.84, .62, .36)
    base = vary(rng, base, .02)
    far = s.lit(mix(base, s.sky[-1], .45))
    near = s.lit(base)
    peak = rng.uniform(38, 48) if a['range'] == 'mountains' else rng.uniform(20, 27)
    one = _mountain if a['range'] == 'mountains' else _hill
    if a['place'] == 'between':
        one(canvas, s, s.vanish + rng.uniform(-8, 8), h + 3, 34, peak * .55, far)
        one(canvas, s, s.vanish - rng.uniform(46, 54), h + 8, 52, peak * rng.uniform(1., 1.2), near)
        one(canvas, s, s.vanish + rng.uniform(46, 54), h + 8, 52, peak * rng.uniform(1., 1.2), shade(near, -.06))
    else:
        one(canvas, s, rng.uniform(92, 112), h + 3, 46, peak * rng.uniform(.75, .95), far)
        one(canvas, s, rng.uniform(14, 34), h + 3, 48, peak * rng.uniform(.75, 1), mix(far, near, .5))
        one(canvas, s, rng.uniform(52, 76), h + 3, 50, peak * rng.uniform(.95, 1.1), near)


def _mountain(canvas, s, x, base, half, peak, colour):
    top = base - peak
    lean = s.rng.uniform(-3, 3)
    x += lean
    left = [(x - half - lean, base), (x - half * .55, base - peak * .42), (x - half * .36, base - peak * .60), (x, top)]
    right = [(x + half * .30, base - peak * .66), (x + half * .58, base - peak * .36), (x + half - lean, base)]
    canvas.fill(polygon(left + right), down(top, base, shade(colour, .16), colour), 'mountains')
    ridge = [(x, top), (x + 4, top + peak * .28), (x - 3, top + peak * .52), (x + 6, top + peak * .78), (x + 3, base)]
    canvas.fill(polygon(ridge + right[::-1]), down(top, base, shade(colour, -.20), shade(colour, -.30)))
    if peak > 25:
        snow = s.lit((.98, .98, 1.))
        d = peak * (.52 if s.a['season'] == 'winter' else .32)
        with canvas.clipped(polygon(left + right)):
            edge = [(x - half, top + d), (x - d * .55, top + d * .86), (x - d * .28, top + d * 1.12), (x + 1, top + d * .80),
                    (x + d * .32, top + d * 1.10), (x + d * .60, top + d * .84), (x + half, top + d)]
            canvas.fill(polygon([(x - half, top - 4)] + edge + [(x + half, top - 4)]), snow)
            canvas.fill(polygon([(x, top), (x + 4, top + d * .5), (x + 1, top + d * .80)] + edge[4:] + [(x + half, top - 4)]),
                        mix(snow, s.lit((.62, .72, .90)), .6))


def _hill(canvas, s, x, base, half, peak, colour):
    half *= 1.25
    shape = smooth([(x - half, base + 4), (x - half * .62, base - peak * .52), (x, base - peak), (x + half * .62, base - peak * .52),
                    (x + half, base + 4)])
    canvas.fill(shape, gradient((x - half * .5, base - peak), (x + half * .7, base), shade(colour, .18), shade(colour, -.16)), 'mountains')


# The ground and what lies on it.

def _ground(canvas, s):
    h, c = s.horizon, s.ground
    region = 'feature' if s.a['feature'] in ('desert', 'field', 'snow') else 'ground'
    shape = smooth([(-6, h + s.rng.uniform(0, 4)), (40, h + s.rng.uniform(-1, 2)), (90, h + s.rng.uniform(-1, 2)),
                    (134, h + s.rng.uniform(0, 4)), (140, 140), (-12, 140)])
    canvas.fill(shape, down(h, 128, shade(c, .14), shade(c, -.16)), region)
    if s.a['season'] == 'spring' and s.a['feature'] in ('river', 'street', 'lake', 'field'):
        for i in range(16):
            y = h + 10 + (i % 4) * 14 + s.rng.uniform(-4, 4)
            x = (i // 4 + .5) * 32 + s.rng.uniform(-13, 13)
            r = 1.4 + (y - h) * .022
            canvas.fill(ellipse(x, y, r, r), s.lit(s.rng.choice(FLOWERS)))


def _way(s, width_far, width_near, bend):
    """The two sides of a river or street running to the horizon."""
    def side(k):
        return curve((s.vanish + k * width_far, s.horizon + 1), (s.vanish + bend + k * width_near * .34, s.horizon + 24),
                     (s.foot + k * width_near, 132), 16)
    return side


def _river(canvas, s):
    water = s.water()
    side = _way(s, 2.4, s.rng.uniform(30, 36), s.rng.choice([-1, 1]) * s.rng.uniform(8, 22))
    canvas.fill(polygon(side(-1.14) + side(1.14)[::-1]), shade(s.ground, -.28))
    shape = polygon(side(-1) + side(1)[::-1])
    canvas.fill(shape, down(s.horizon, 128, shade(water, .32), shade(water, -.10)), 'feature')
    with canvas.clipped(shape):
        for i, t in enumerate((.50, .66, .80, .92)):
            (x0, y), (x1, _) = side(-1)[int(t * 16)], side(1)[int(t * 16)]
            middle, half = x0 + (x1 - x0) * (.35 if i % 2 else .64), 4 + 7 * t
            canvas.stroke(polygon([(middle - half, y), (middle + half, y)], False), clear(shade(water, .6), .85), 1.2 + 1.4 * t)
    if s.a['boat']:
        (x0, y), (x1, _) = side(-1)[11], side(1)[11]
        _boat(canvas, s, (x0 + x1) / 2, y, .95)


def _street(canvas, s):
    side = _way(s, 2.6, s.rng.uniform(38, 46), s.rng.uniform(-4, 4))
    asphalt = s.lit((.44, .45, .49))
    canvas.fill(polygon(side(-1.16) + side(1.16)[::-1]), s.lit((.93, .92, .88)), 'feature')
    canvas.fill(polygon(side(-1) + side(1)[::-1]), down(s.horizon, 128, shade(asphalt, .16), shade(asphalt, -.15)), 'feature')
    left, right = side(-.06), side(.06)
    for i, j in ((4, 6), (8, 10), (12, 15)):
        canvas.fill(polygon(left[i:j + 1] + right[i:j + 1][::-1]), s.lit((1., .86, .30)))


def _lake(canvas, s):
    water = s.water()
    x, y = s.vanish, s.horizon + s.rng.uniform(26, 30)
    rx, ry = s.rng.uniform(50, 58), s.rng.uniform(18, 21)
    canvas.fill(ellipse(x, y + 1, rx + 4, ry + 3), shade(s.ground, -.26))
    shape = ellipse(x, y, rx, ry)
    canvas.fill(shape, down(y - ry, y + ry, shade(water, .38), shade(water, -.08)), 'feature')
    with canvas.clipped(shape):
        for dx, dy in ((-24, -6), (18, -2), (-10, 6), (26, 9)):
            canvas.stroke(polygon([(x + dx - 9, y + dy), (x + dx + 9, y + dy)], False), clear(shade(water, .6), .85), 2)
    if s.a['boat']:
        _boat(canvas, s, x + s.rng.uniform(-20, 20), y + s.rng.uniform(0, 6), 1.15)


def _field(canvas, s):
    crop = {'autumn': [(.95, .70, .20)], 'winter': [(.78, .84, .92)], 'spring': [(.98, .86, .25), (.93, .45, .62)],
            'summer': [(.97, .84, .30), (.70, .82, .25), (.62, .42, .80)]}[s.a['season']]
    crop = s.lit(s.rng.choice(crop))
    n = 7
    for i in range(n):
        t0, t1 = (-1 + 2 * i / n) * 2.2, (-1 + 2 * (i + .56) / n) * 2.2
        canvas.fill(polygon([(s.vanish + t0 * 18, s.horizon + 3), (s.vanish + t1 * 18, s.horizon + 3),
                             (s.foot + t1 * 66, 131), (s.foot + t0 * 66, 131)]),
                    down(s.horizon, 128, shade(crop, .12), shade(crop, -.06)), 'feature')


def _desert(canvas, s):
    h = s.horizon
    for i, y in enumerate((h + 10, h + 26, h + 46)):
        x = s.rng.uniform(24, 104)
        crest = [(x - 96, y + 16), (x - 44, y + 8), (x - 10, y - 7), (x + 4, y - 8)]
        tail = [(x + 26, y + 3), (x + 62, y + 10), (x + 104, y + 16)]
        canvas.fill(smooth(crest + tail + [(x + 104, 140), (x - 96, 140)]), down(y - 8, y + 34, shade(s.ground, .22), shade(s.ground, -.05)), 'feature')
        canvas.fill(smooth([(x + 4, y - 8), (x + 26, y + 3), (x + 62, y + 10), (x + 40, y + 20), (x + 8, y + 12), (x + 10, y + 2)]),
                    clear(shade(s.ground, -.26), .8))
    for _ in range(s.rng.choice([1, 2])):
        side = -s.thing_side if s.a['thing'] else s.rng.choice([-1, 1])
        x, y = 64 + side * s.rng.uniform(14, 48), s.rng.uniform(h + 36, 122)
        _cactus(canvas, s, x, y, 26 + (y - h) * .22)


def _cactus(canvas, s, x, y, size):
    colour = s.lit((.22, .56, .32))
    w = size * .24
    for k, low in ((-1, .42), (1, .55)):
        arm = [(x, y - size * (low - .10)), (x + k * size * .30, y - size * (low - .06)), (x + k * size * .32, y - size * (low + .22))]
        canvas.stroke(smooth(arm, False), shade(colour, -.14), w * .72, 'feature')
    canvas.stroke(polygon([(x, y - w / 2), (x, y - size)], False), colour, w, 'feature')
    canvas.stroke(polygon([(x - w * .18, y - w), (x - w * .18, y - size)], False), shade(colour, .25), w * .25)


def _snow(canvas, s):
    h, c = s.horizon, s.ground
    for y, x in ((h + 12, s.rng.uniform(10, 60)), (h + 28, s.rng.uniform(60, 118)), (h + 46, s.rng.uniform(20, 90))):
        canvas.fill(smooth([(x - 80, y + 12), (x - 34, y), (x, y - 5), (x + 36, y + 1), (x + 84, y + 12), (x + 84, 140), (x - 80, 140)]),
                    down(y - 5, y + 26, mix(c, (1, 1, 1), .55 if s.a['hour'] != 'night' else .12), mix(c, s.lit((.60, .72, .92)), .40)), 'feature')
    for x, size in ((s.rng.uniform(6, 26), 34), (s.rng.uniform(102, 122), 42)):
        if s.a['thing'] and (x > 64) == (s.thing_side > 0):
            continue
        _tree(canvas, s, x, h + size * .75, size, None, 'pine')


def _forest(canvas, s):
    kind = 'pine' if s.a['season'] == 'winter' else s.rng.choice(['pine', 'round'])
    h = s.horizon
    for row, (y, size, count) in enumerate(((h + 12, 27, 7), (h + 30, 37, 5), (128, 52, 4))):
        start = s.rng.uniform(0, 1) * 128 / count
        for i in range(count + 1):
            x = -128 / count * .5 + start + i * 128 / count + s.rng.uniform(-3, 3)
            _tree(canvas, s, x, y + s.rng.uniform(-3, 3), size * s.rng.uniform(.92, 1.1), 'feature', kind)


def _tree(canvas, s, x, y, size, region, kind):
    trunk = s.lit((.46, .29, .17))
    canvas.fill(rectangle(x - size * .07, y - size * .34, size * .14, size * .35), gradient((x - size * .07, 0), (x + size * .07, 0), trunk, shade(trunk, -.3)), region)
    if kind == 'pine':
        colour = s.lit(vary(s.rng, PINE[s.a['season']], .02))
        snow = s.lit((.96, .98, 1.))
        for i in range(3):
            w, low = size * (.34 - .07 * i), y - size * (.18 + .24 * i)
            top = low - size * .40
            canvas.fill(polygon([(x - w, low), (x + w, low), (x, top)]), gradient((x - w, low), (x + w, low), shade(colour, .16), shade(colour, -.22)), region)
            if s.a['season'] == 'winter':
                canvas.fill(polygon([(x - w * .55, low - size * .18), (x, low - size * .12), (x + w * .55, low - size * .18), (x, top)]), snow, region)
        return
    colour = s.lit(vary(s.rng, s.rng.choice(LEAVES[s.a['season']]), .02))
    crown = [(x - size * .20, y - size * .50), (x + size * .20, y - size * .50), (x, y - size * .72), (x, y - size * .48)]
    canvas.fill(circles(crown, size * .24), gradient((x - size * .3, y - size * .9), (x + size * .3, y - size * .3),
                                                     shade(colour, .28), colour, shade(colour, -.24)), region)


def _house(canvas, s, y):
    x, k = 64 + s.thing_side * s.rng.uniform(38, 43), s.rng.uniform(1.15, 1.35)
    wall = s.lit(s.rng.choice([(.98, .94, .84), (.96, .78, .52), (.86, .88, .92)]))
    roof = s.lit(s.rng.choice([(.80, .24, .20), (.30, .40, .62), (.50, .30, .22)]))
    if s.a['season'] == 'winter':
        roof = mix(roof, s.lit((.96, .98, 1)), .75)
    glowing = s.a['hour'] in ('night', 'sunset')
    window = (1., .85, .38) if glowing else s.lit((.48, .72, .90))
    with canvas.placed(x, y, 0, k):
        canvas.fill(rectangle(6, -29, 5, 10), s.lit((.60, .34, .28)), 'house')
        canvas.fill(rectangle(-14, -17, 28, 18), gradient((-14, 0), (14, 0), shade(wall, .10), shade(wall, -.16)), 'house')
        canvas.fill(polygon([(-18, -16), (18, -16), (9, -29), (-9, -29)]), gradient((-14, -29), (14, -16), shade(roof, .16), shade(roof, -.14)), 'house')
        canvas.fill(rectangle(-3, -10, 7, 11, 1), s.lit((.48, .28, .17)), 'house')
        for wx in (-11, 6.5):
            canvas.fill(rectangle(wx, -12, 5.6, 6), window, 'house')


def _castle(canvas, s):
    x, y, k = 64 + s.thing_side * s.rng.uniform(30, 38), s.horizon + s.rng.uniform(7, 11), s.rng.uniform(1.1, 1.25)
    stone, roof = s.lit((.76, .74, .76)), s.lit(s.rng.choice([(.78, .24, .30), (.28, .38, .68)]))
    window = (1., .85, .38) if s.a['hour'] in ('night', 'sunset') else s.lit((.28, .28, .36))
    with canvas.placed(x, y, 0, k):
        canvas.fill(rectangle(-17, -20, 34, 22), gradient((-17, 0), (17, 0), stone, shade(stone, -.18)), 'castle')
        for cx in (-13.5, -4.5, 4.5, 13.5):
            canvas.fill(rectangle(cx - 2.5, -24, 5, 5), shade(stone, -.06), 'castle')
        for cx, high in ((-19, 32), (19, 32), (0, 40)):
            canvas.fill(rectangle(cx - 6, -high, 12, high + 2 if cx else high - 18), gradient((cx - 6, 0), (cx + 6, 0), shade(stone, .14), shade(stone, -.20)), 'castle')
            canvas.fill(polygon([(cx - 8, -high), (cx + 8, -high), (cx, -high - 16)]), gradient((cx - 8, 0), (cx + 8, 0), shade(roof, .16), shade(roof, -.20)), 'castle')
            canvas.fill(rectangle(cx - 1.8, -high + 5, 3.6, 6, 1.8), window, 'castle')
        canvas.fill(rectangle(-5, -11, 10, 14, 4.5), s.lit((.38, .24, .17)), 'castle')


def _boat(canvas, s, x, y, k):
    hull = s.lit(s.rng.choice([(.74, .26, .20), (.55, .32, .18)]))
    with canvas.placed(x, y, 0, k):
        canvas.fill(rectangle(-1, -31, 2.6, 30), s.lit((.36, .24, .15)), 'boat')
        canvas.fill(smooth([(2, -30), (10, -18), (14, -7), (2, -6)]), s.lit((.99, .97, .92)), 'boat')
        canvas.fill(smooth([(-2, -26), (-7, -16), (-11, -7), (-2, -6)]), s.lit((.90, .88, .84)), 'boat')
        canvas.fill(smooth([(-17, -4), (0, -3), (17, -4), (12, 5), (-12, 5)]), gradient((-16, -4), (16, 5), shade(hull, .15), shade(hull, -.2)), 'boat')


def _weather(canvas, s):
    weather = s.a['weather']
    if weather == 'rain':
        colour = (.85, .92, 1., .62)
        dx, dy = s.rng.uniform(0, 20), s.rng.uniform(0, 20)
        for i in range(7):
            for j in range(6):
                x, y = i * 21 + dx + (j % 2) * 10 - 8, j * 24 + dy - 14
                canvas.stroke(polygon([(x, y), (x - 3.5, y + 11)], False), colour, 2.)
    elif weather == 'snowfall':
        dx, dy = s.rng.uniform(0, 20), s.rng.uniform(0, 20)
        for i in range(6):
            for j in range(6):
                x, y = i * 24 + dx + (j % 2) * 12 - 8, j * 23 + dy - 10
                canvas.fill(ellipse(x, y, 2.1, 2.1), (1, 1, 1, .92))
    elif weather == 'fog':
        light = {'day': (.90, .92, .94), 'sunset': (.95, .78, .70), 'sunrise': (.98, .90, .88), 'night': (.46, .51, .66)}[s.a['hour']]
        h = s.horizon
        canvas.fill(whole(), down(h - 44, 128, clear(light, .10), clear(light, .64), clear(light, .48), clear(light, .22)))
        for y in (h - 12, h + 8, h + 30):
            canvas.fill(rectangle(-10, y - 5, 150, 10), down(y - 5, y + 5, clear(light, 0), clear(light, .65), clear(light, 0)))
