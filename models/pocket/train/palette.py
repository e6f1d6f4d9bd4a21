"""The colours of the drawings, by the names that captions give them.

Evaluation judges generated pictures with the same tables, so a colour's name
means one thing everywhere.
"""

HAIR = {
    'blond': (.95, .79, .34), 'brown': (.45, .27, .15), 'red': (.83, .24, .09), 'black': (.12, .11, .14),
    'gray': (.60, .62, .66), 'white': (.94, .94, .96), 'blue': (.17, .38, .86), 'green': (.20, .62, .30),
    'pink': (.97, .48, .70), 'purple': (.53, .25, .74),
}
CLOTH = {
    'red': (.84, .19, .20), 'blue': (.19, .38, .80), 'green': (.20, .60, .34), 'yellow': (.97, .80, .20),
    'white': (.95, .95, .96), 'black': (.17, .17, .20), 'pink': (.97, .55, .71), 'purple': (.52, .29, .70),
    'orange': (.96, .54, .16),
}
BACKDROP = {
    'blue': (.55, .76, .95), 'green': (.58, .83, .60), 'yellow': (.99, .88, .47), 'pink': (.99, .72, .81),
    'gray': (.70, .72, .75), 'white': (.97, .97, .97), 'purple': (.75, .64, .93), 'orange': (.99, .72, .44),
    'red': (.90, .42, .40),
}
SKIN = [
    (1., .88, .78), (.98, .82, .69), (.94, .76, .60), (.87, .67, .49),
    (.77, .55, .38), (.64, .43, .29), (.52, .34, .23), (.41, .26, .18),
]
EYES = {'brown': (.42, .24, .11), 'blue': (.16, .48, .86), 'green': (.20, .60, .30)}
METAL = [(1., .80, .16), (.86, .88, .93)]
FUR = {
    'black': (.17, .16, .19), 'white': (.96, .95, .93), 'gray': (.58, .60, .64),
    'brown': (.52, .33, .20), 'orange': (.95, .58, .20),
}
FEATHER = {
    'red': (.88, .24, .20), 'blue': (.20, .50, .90), 'yellow': (.99, .82, .22), 'green': (.30, .70, .35),
    'white': (.96, .96, .96), 'black': (.18, .18, .22),
}
SOFA = {
    'red': (.82, .24, .24), 'blue': (.26, .46, .80), 'green': (.28, .60, .42), 'gray': (.58, .60, .66),
    'yellow': (.95, .77, .28), 'pink': (.95, .58, .68), 'purple': (.55, .36, .70),
}


def shade(colour, amount):
    """Darkens by a negative amount, lightens by a positive one (-1 .. 1)."""
    if amount < 0:
        return tuple(c * (1 + amount) for c in colour)
    return tuple(c + (1 - c) * amount for c in colour)


def mix(a, b, t):
    """The colour t of the way from a to b."""
    return tuple(x * (1 - t) + y * t for x, y in zip(a, b))


def vary(rng, colour, amount=.025):
    """The colour, moved a little, so that no two drawings share it exactly."""
    return tuple(min(1., max(0., c + rng.uniform(-amount, amount))) for c in colour)


def brightness(colour):
    return .3 * colour[0] + .59 * colour[1] + .11 * colour[2]
