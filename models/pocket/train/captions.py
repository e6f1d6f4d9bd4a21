"""Captions: what somebody would say about a drawing, in many everyday ways.

caption() turns the attributes of a drawing into a list of (word, regions): the
regions are the names of the picture's parts that the word is about, empty for
words such as "a" or "with". Captions leave things out at random, except that a
conspicuous thing (glasses, a hat, night, rain …) is nearly always named: so
its absence from a caption means its absence from the picture.
"""

NAMED = .94  # how often a conspicuous thing is named

PERSON = ('skin', 'eyes', 'mouth', 'freckles', 'beard', 'hair')
FACE = ('skin', 'eyes', 'mouth', 'freckles', 'beard', 'glasses')
LAND = ('ground', 'feature', 'mountains', 'tree')

HAIR_SYNONYMS = {'red': ['red'] * 9 + ['ginger'], 'blond': ['blond'] * 4 + ['blonde'], 'gray': ['gray', 'gray', 'grey']}
FUR_SYNONYMS = {'orange': ['orange'] * 4 + ['ginger'], 'gray': ['gray', 'gray', 'grey']}
SYNONYMS = {'gray': ['gray', 'gray', 'grey'], 'street': ['street', 'street', 'road'],
            'sofa': ['sofa', 'sofa', 'sofa', 'couch'], 'carpet': ['carpet', 'rug'], 'rabbit': ['rabbit', 'rabbit', 'rabbit', 'bunny'],
            'shirt': ['shirt', 'shirt', 'shirt', 'sweater']}


def caption(rng, a):
    """A caption for the attributes, as a list of (word, regions)."""
    phrase = {'people': _people, 'landscapes': _landscape, 'animals': _animal}[a['domain']](rng, a)
    return _articles(phrase)


def text(words):
    return ' '.join(word for word, _ in words)


# Phrases are lists of (word, regions).

def _say(words, regions=()):
    return [(w, tuple(regions)) for w in words.split()]


def _syn(rng, word, table=SYNONYMS):
    return rng.choice(table.get(word, [word]))


def _articles(phrase):
    """'a' becomes 'an' before a vowel."""
    return [('an' if w == 'a' and i + 1 < len(phrase) and phrase[i + 1][0][0] in 'aeiou' else w, r)
            for i, (w, r) in enumerate(phrase)]


def _join(lead, items):
    """lead item, item and item"""
    out = _say(lead)
    for i, item in enumerate(items):
        if i and i == len(items) - 1:
            out += _say('and')
        elif i:
            word, regions = out[-1]
            out[-1] = (word + ',', regions)
        out += item
    return out


def _people(rng, a):
    def chance(p):
        return rng.random() < p

    mood_said = a['mood'] == 'neutral' or not chance(NAMED)
    before = []
    if not mood_said and chance(.3):
        word = rng.choice(['smiling', 'happy'] if a['mood'] == 'smile' else ['sad'])
        before, mood_said = _say(word, ['mouth']), True

    beard_said = not a['beard'] or not chance(NAMED)
    if not beard_said and chance(.12):
        before, beard_said = before + _say('bearded', ['beard']), True
    who = a['who'] if chance(.97) else 'person'
    form = rng.random()
    if form < .60:
        subject = _say('a') + before + _say(who + "'s", PERSON) + _say('face', FACE)
    elif form < .85:
        subject = _say('a') + before + _say(who, PERSON)
    elif form < .95:
        subject = _say(rng.choice(['a portrait of a', 'a drawing of a', 'a picture of a'])) + before + _say(who, PERSON)
    else:
        subject = _say('the') + _say('face', FACE) + _say('of a') + before + _say(who, PERSON)

    withs, wears, trailing = [], [], []
    hair = _hair(rng, a)
    if a['glasses'] and chance(NAMED):
        (withs if chance(.6) else wears).append(_say(a['glasses'], ['glasses']))
    if not beard_said:
        withs.append(_say('a') + _say('beard', ['beard']))
    if a['earrings'] and chance(NAMED):
        (withs if chance(.65) else wears).append(_say('earrings', ['earrings']))
    if a['freckles'] and chance(NAMED):
        withs.append(_say('freckles', ['freckles']))
    if a['hat'] and chance(NAMED):
        colour = _say(a['hat'], ['hat']) if chance(.8) else []
        (withs if chance(.35) else wears).append(_say('a') + colour + _say('hat', ['hat']))
    if chance(.22):
        (withs if chance(.3) else wears).append(_say('a') + _say(a['shirt'] + ' ' + _syn(rng, 'shirt'), ['shirt']))
    if a['glasses'] != 'sunglasses' and chance(.18):
        withs.append(_say(a['eyes'] + ' eyes', ['eyes']))
    if not mood_said:
        if chance(.45):
            withs.append(_say('a') + _say('smile', ['mouth']) if a['mood'] == 'smile' else _say('a') + _say('sad mouth', ['mouth']))
        else:
            trailing = _say(rng.choice(['smiling', 'smiling', 'laughing']) if a['mood'] == 'smile' else 'looking sad', ['mouth'])
    if not chance(.5):
        rng.shuffle(withs)
    rng.shuffle(wears)
    if hair:
        withs.insert(0 if chance(.75) else rng.randint(0, len(withs)), hair)

    groups = [_join('with', withs)] if withs else []
    if wears:
        clothes = all(w[-1][0] in ('hat', 'shirt', 'sweater') for w in wears)
        groups.append(_join('in' if clothes and chance(.2) else 'wearing', wears))
    if len(groups) == 2 and chance(.2):
        groups.reverse()
    if trailing:
        groups.insert(0 if chance(.3) else len(groups), trailing)
    words = subject + [w for g in groups for w in g]
    if chance(.25):
        words += _say(rng.choice(['on a', 'on a', 'on a', 'with a', 'against a'])) + _say(_syn(rng, a['backdrop']) + ' background', ['background'])
    return words


def _hair(rng, a):
    """'long wavy blond hair' or a part of it."""
    parts = []
    if rng.random() < .42:
        parts.append(a['length'])
    if rng.random() < .48:
        parts.append(a['texture'])
    if rng.random() < .82:
        parts.append(_syn(rng, a['hair'], HAIR_SYNONYMS))
    if not parts:
        return []
    if rng.random() < .2:
        rng.shuffle(parts)
    return _say(' '.join(parts) + ' hair', ['hair'])


def _landscape(rng, a):
    def chance(p):
        return rng.random() < p

    season_said = a['season'] == 'summer' and not chance(.2) or not chance(NAMED)
    weather_said = a['weather'] == 'clear' or not chance(NAMED)
    if a['feature'] == 'snow' and chance(.75):
        season_said = True
    before = []
    if not season_said and a['season'] in ('winter', 'autumn') and a['feature'] != 'snow' and chance(.22):
        before, season_said = _say(rng.choice(['snowy', 'winter']) if a['season'] == 'winter' else 'autumn', LAND), True
    elif not weather_said and a['weather'] in ('rain', 'fog') and chance(.15):
        before, weather_said = _say({'rain': 'rainy', 'fog': 'foggy'}[a['weather']], ['sky']), True

    article = [] if a['feature'] == 'snow' else _say('a')
    feature = article + before + _say(_syn(rng, a['feature']), ['feature'])
    range_ = _say(a['range'], ['mountains'])
    between = a['place'] == 'between'
    form = rng.random()
    if form < .74:
        words = feature + _say('between' if between else rng.choice(['in front of', 'in front of', 'before'])) + range_
    elif form < .80:
        words = range_ + _say('with') + feature + (_say('between them') if between else _say('in front'))
    elif form < .87:
        words = _say(rng.choice(['a landscape with', 'a picture of', 'a drawing of'])) + feature + _say('and') + range_
    else:
        words = feature

    things = []
    if a['thing'] and chance(NAMED):
        things.append(_say('a') + _say(a['thing'], [a['thing']]))
    if a['boat'] and chance(NAMED):
        things.append(_say('a') + _say('boat', ['boat']))
    if a['moon'] and chance(.6):
        things.append(_say(rng.choice(['a', 'the'])) + _say('moon', ['moon']))
    if a['sun'] and chance(.4):
        things.append(_say(rng.choice(['a', 'the'])) + _say('sun', ['sun']))
    rng.shuffle(things)

    tails = [_join('with', things)] if things else []
    rest = []
    if not season_said:
        rest.append(_say('in') + _say(a['season'] if a['season'] != 'autumn' or chance(.85) else 'fall', LAND))
    hour = a['hour']
    if hour == 'day':
        if chance(.22):
            rest.append(rng.choice([_say('during the') + _say('day', ['sky']), _say('under a') + _say('blue sky', ['sky'])])
                        if a['weather'] == 'clear' else _say('during the') + _say('day', ['sky']))
    elif hour != 'night' and chance(.12):
        rest.append(_say('in the') + _say('evening' if hour == 'sunset' else 'morning', ['sky']))
    elif chance(NAMED):
        names = {'sunset': ['sunset', 'sunset', 'sunset', 'dusk'], 'sunrise': ['sunrise', 'sunrise', 'dawn'], 'night': ['night']}[hour]
        rest.append(_say('at') + _say(rng.choice(names), ['sky']))
    if a['stars'] and chance(.2):
        rest.append(rng.choice([_say('under a') + _say('starry sky', ['sky', 'stars']), _say('with') + _say('stars', ['stars'])]))
    if not weather_said:
        rest.append({
            'cloudy': lambda: rng.choice([_say('under a') + _say('cloudy sky', ['sky', 'clouds']), _say('with') + _say('clouds', ['clouds'])]),
            'rain': lambda: _say(rng.choice(['in the', 'in'])) + _say('rain', ['sky']),
            'fog': lambda: _say(rng.choice(['in the', 'in'])) + _say('fog', ['mountains', 'sky']),
            'snowfall': lambda: rng.choice([_say('in falling') + _say('snow', ['sky']), _say('with') + _say('snowfall', ['sky'])]),
        }[a['weather']]())
    elif a['weather'] == 'clear' and a['sun'] and hour == 'day' and chance(.5):
        rest.append(_say('on a') + _say('sunny day', ['sky', 'sun']))
    rng.shuffle(rest)
    tails = tails + rest if chance(.7) else rest + tails
    return words + [w for t in tails for w in t]


def _animal(rng, a):
    def chance(p):
        return rng.random() < p

    colour = _say(_syn(rng, a['colour'], FUR_SYNONYMS), ['animal']) if chance(.62) else []
    animal = _say('a') + colour + _say(_syn(rng, a['animal']), ['animal'])
    verb = _say('sitting') if chance(.2) else []
    place = a['place']
    ground = ['seat', 'ground'] if place in ('grass', 'beach', 'snow') else ['seat']
    if place in ('sofa', 'bed', 'carpet'):
        tint = _say(_syn(rng, a['place_colour']), ground) if chance(.4) else []
        where = _say(rng.choice(['on a', 'on a', 'on the'])) + tint + _say(_syn(rng, place), ground)
    elif place == 'snow':
        where = _say(rng.choice(['in the', 'in the', 'on', 'on the'])) + _say('snow', ground)
    elif place == 'beach':
        where = _say(rng.choice(['on the', 'on a'])) + _say('beach', ground)
    else:
        where = rng.choice([_say('on the') + _say('grass', ground), _say('on') + _say('grass', ground),
                            _say('in the') + _say('grass', ground), _say('in a') + _say('meadow', ground)])

    withs, wears = [], []
    if a['hat'] and chance(NAMED):
        tint = _say(a['hat'], ['hat']) if chance(.8) else []
        (withs if chance(.35) else wears).append(_say('a') + tint + _say('hat', ['hat']))
    if a['collar'] and chance(NAMED):
        tint = _say(a['collar'], ['collar']) if chance(.8) else []
        (withs if chance(.6) else wears).append(_say('a') + tint + _say('collar', ['collar']))
    if a['ball'] and chance(NAMED):
        tint = _say(a['ball'], ['ball']) if chance(.8) else []
        withs.append(_say('a') + tint + _say('ball', ['ball']))
    if a['animal'] != 'bird' and chance(.12):
        withs.append(_say(a['eyes'] + ' eyes', ['animal']))
    rng.shuffle(withs)
    about = (_join('with', withs) if withs else []) + (_join('wearing', wears) if wears else [])
    words = animal + (about + verb + where if about and chance(.3) else verb + where + about)
    if place in ('sofa', 'bed', 'carpet') and chance(.12):
        words += _say(rng.choice(['in front of a', 'against a'])) + _say(_syn(rng, a['wall']) + ' wall', ['background'])
    if chance(.05):
        words = _say(rng.choice(['a picture of', 'a drawing of'])) + words
    return words
