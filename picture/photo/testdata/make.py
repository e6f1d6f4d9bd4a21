#!/usr/bin/env python3
"""Makes the pictures that the tests open, and what Pillow and Little CMS read in
them (NAME.want.png), with Pillow 13. Run it in this folder."""
import io, struct
from PIL import Image, ImageCms

W, H = 48, 32


def scene(mode="RGB"):
    picture = Image.new("RGB", (W, H))
    for y in range(H):
        for x in range(W):
            picture.putpixel((x, y), (x * 255 // (W - 1), y * 255 // (H - 1), 255 if x < 8 and y < 8 else (x * y) % 97))
    return picture.convert(mode)


def smooth():
    picture = Image.new("RGB", (W, H))
    for y in range(H):
        for x in range(W):
            picture.putpixel((x, y), (40 + x * 4, 30 + y * 6, 200 - x * 2 - y))
    return picture


def s15(x):
    return struct.pack(">i", round(x * 65536))


def xyz(v):
    return b"XYZ \0\0\0\0" + b"".join(s15(x) for x in v)


def gamma(g):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(g * 256)) + b"\0\0"


def srgb_curve():
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + b"".join(map(s15, (2.4, 1 / 1.055, .055 / 1.055, 1 / 12.92, .04045)))


def description(text):
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text.encode() + b"\0" * 79


def profile(name, space, tags):
    tags = {"desc": description(name), "wtpt": xyz((.9642, 1, .8249)), "cprt": b"text\0\0\0\0none\0", **tags}
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for tag, data in tags.items():
        data += b"\0" * (-len(data) % 4)
        table += tag.encode() + struct.pack(">II", at + len(body), len(data))
        body += data
    head = struct.pack(">I4sI4s4s4s", 128 + 4 + len(table) + len(body), b"\0\0\0\0", 0x02400000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + s15(.9642) + s15(1) + s15(.8249)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def rgb(name, curve, r, g, b):
    return profile(name, b"RGB ", {"rXYZ": xyz(r), "gXYZ": xyz(g), "bXYZ": xyz(b), "rTRC": curve, "gTRC": curve, "bTRC": curve})


P3 = rgb("Display P3", srgb_curve(), (.51512, .24120, -.00105), (.29198, .69225, .04189), (.15710, .06657, .78407))
ADOBE = rgb("Adobe RGB (1998)", gamma(2.19921875), (.60974, .31111, .01947), (.20528, .62567, .06087), (.14919, .06322, .74457))
SRGB = rgb("sRGB", srgb_curve(), (.43607, .22249, .01392), (.38515, .71687, .09708), (.14307, .06061, .71410))
GREY = profile("Grey 1.8", b"GRAY", {"kTRC": gamma(1.8)})


def converted(picture, icc):
    srgb = ImageCms.createProfile("sRGB")
    source = ImageCms.ImageCmsProfile(io.BytesIO(icc))
    return ImageCms.profileToProfile(picture, source, srgb, renderingIntent=1, outputMode="RGB")


def save(name, picture, want=None, **options):
    picture.save(name, **options)
    if want is None:
        with Image.open(name) as read:
            want = read.convert("RGBA" if read.has_transparency_data else "RGB")
    want.save(name + ".want.png", optimize=True)


scene().save("plain.png")
save("p3.png", scene(), converted(scene(), P3), icc_profile=P3)
save("adobe.png", scene(), converted(scene(), ADOBE), icc_profile=ADOBE)
save("srgb.png", scene(), scene(), icc_profile=SRGB)
save("grey.png", scene("L"), converted(scene("L"), GREY), icc_profile=GREY)
for name, picture, options in (("progressive.jpg", smooth(), {"progressive": True}), ("cmyk.jpg", smooth().convert("CMYK"), {}), ("grey.jpg", smooth().convert("L"), {})):
    save(name, picture, quality=95, **options)
smooth().save("p3.jpg", quality=95, subsampling=0, icc_profile=P3)
with Image.open("p3.jpg") as read:
    converted(read.convert("RGB"), P3).save("p3.jpg.want.png")
save("lossy.webp", smooth(), quality=90)
save("lossless.webp", scene(), lossless=True)
clear = smooth().convert("RGBA")
clear.putalpha(Image.linear_gradient("L").resize((W, H)))
save("alpha.webp", clear, quality=90, exact=True)
save("alpha_lossless.webp", clear, lossless=True, exact=True)
save("p3.webp", scene(), converted(scene(), P3), lossless=True, icc_profile=P3)
frames = [smooth(), smooth().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
for name, options in (("moves.webp", {"lossless": True}), ("moves.png", {}), ("moves.gif", {})):
    frames[0].save(name, save_all=True, append_images=frames[1:], duration=100, **options)
    with Image.open(name) as read:
        read.seek(0)
        read.convert("RGB").save(name + ".want.png", optimize=True)
palette = scene().quantize(16)
save("palette.png", palette, bits=4)
palette.info["transparency"] = 3
save("clear.gif", palette, transparency=3)
