#!/usr/bin/python3
"""Makes the graphs and the expected results of the tests in this folder's parent.

    /usr/bin/python3 make.py

needs PyTorch 1.13 and onnx 1.12 (Debian: python3-torch python3-onnx). One small
UNet of Stable Diffusion's shape with random weights is exported in the forms
that exporters give attention; the control is computed apart from the exports,
in PyTorch, row by row, through hooks in the attention layers. All forms compute
the same function, so that one set of expected results serves all of them.
"""
import io
import json
import math
import os

import numpy as np
import onnx
import onnx.numpy_helper as numpy_helper
import torch
from onnx import TensorProto, helper
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
HERE = os.path.dirname(os.path.abspath(__file__))
ROWS, SIDE, TOKENS, TEXT = 4, 8, 7, 6


# ------------------------------------------------------------------ the UNet

class Attention(nn.Module):
    """form: "folded" (heads in the batch axis, baddbmm), "sdpa" (4-D, both
    factors scaled) or "expanded" (4-D maps, 3-D products)."""

    def __init__(self, width, text, heads):
        super().__init__()
        self.heads, self.cross, self.form, self.hook = heads, text is not None, "folded", None
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k = nn.Linear(text or width, width, bias=False)
        self.to_v = nn.Linear(text or width, width, bias=False)
        self.to_out = nn.Linear(width, width)

    def forward(self, x, text):
        c = text if self.cross else x
        q, k, v = self.to_q(x), self.to_k(c), self.to_v(c)
        return self.to_out(getattr(self, self.form)(q, k, v))

    def split(self, x):
        return x.reshape(x.shape[0], -1, self.heads, x.shape[2] // self.heads).transpose(1, 2)

    def merge(self, x):
        return x.transpose(1, 2).reshape(x.shape[0], -1, x.shape[1] * x.shape[3])

    def folded(self, q, k, v):
        h = self.heads
        fold = lambda x: self.split(x).reshape(x.shape[0] * h, x.shape[1], x.shape[2] // h)
        q, k, v = fold(q), fold(k), fold(v)
        empty = torch.empty(q.shape[0], q.shape[1], k.shape[1], dtype=q.dtype)
        probs = torch.baddbmm(empty, q, k.transpose(1, 2), beta=0, alpha=q.shape[2] ** -0.5).softmax(-1)
        out = torch.bmm(probs, v)
        return self.merge(out.reshape(out.shape[0] // h, h, out.shape[1], out.shape[2]))

    def sdpa(self, q, k, v):
        q, k, v = self.split(q), self.split(k), self.split(v)
        width = torch._shape_as_tensor(q)[-1].to(q.dtype)  # stays in the graph, as with later exporters
        scale = torch.sqrt(1 / torch.sqrt(width))
        probs = ((q * scale) @ (k.transpose(2, 3) * scale)).softmax(-1)
        if self.hook:
            probs, v = self.hook(self, probs, v)
        return self.merge(probs @ v)

    def expanded(self, q, k, v):
        q, k, v = self.split(q), self.split(k), self.split(v)
        b, h, n, d = q.shape
        m = k.shape[2]
        flat = lambda x, *s: x.expand(b, h, *s).reshape(b * h, *s)
        scores = torch.bmm(flat(q, n, d), flat(k.transpose(2, 3), d, m)).reshape(b, h, n, m)
        probs = (scores / math.sqrt(d)).softmax(-1)
        out = torch.bmm(flat(probs, n, m), flat(v, m, d))
        return self.merge(out.reshape(b, h, n, d))


class TransformerBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.attn1, self.attn2 = Attention(width, None, heads), Attention(width, TEXT, heads)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x, text):
        x = x + self.attn1(self.norm1(x), text)
        return x + self.attn2(self.norm2(x), text)


class Stage(nn.Module):
    def __init__(self, width, out, heads):
        super().__init__()
        self.norm, self.time = nn.GroupNorm(4, width), nn.Linear(16, out)
        self.conv = nn.Conv2d(width, out, 3, padding=1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(out, heads)])

    def forward(self, x, time, text):
        h = self.conv(F.silu(self.norm(x))) + self.time(time)[:, :, None, None]
        flat = h.flatten(2).transpose(1, 2)
        flat = self.transformer_blocks[0](flat, text)
        return h + flat.transpose(1, 2).reshape(h.shape)


class UNet(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.time_embedding = nn.Linear(8, 16)
        self.conv_in = nn.Conv2d(4, width, 3, padding=1)
        self.down = Stage(width, width, 2)
        self.shrink = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.mid = Stage(width, width, 4)
        self.up = Stage(2 * width, width, 2)
        self.conv_out = nn.Conv2d(width, 4, 3, padding=1)
        self.register_buffer("frequencies", torch.exp(-math.log(10000) * torch.arange(4) / 4), persistent=False)

    def forward(self, sample, timestep, encoder_hidden_states):
        t = timestep[None] if timestep.dim() == 0 else timestep
        t = t.expand(sample.shape[0])
        angle = t[:, None].float() * self.frequencies[None]
        time = F.silu(self.time_embedding(torch.cat([angle.cos(), angle.sin()], 1)))
        top = self.down(self.conv_in(sample), time, encoder_hidden_states)
        low = self.mid(self.shrink(top), time, encoder_hidden_states)
        h = self.up(torch.cat([top, F.interpolate(low, scale_factor=2.0)], 1), time, encoder_hidden_states)
        return self.conv_out(F.silu(h))

    def attentions(self):
        return [m for m in self.modules() if isinstance(m, Attention)]


def make_unet():
    torch.manual_seed(7)
    unet = UNet()
    for a in unet.attentions():
        a.to_q.weight.data *= 3  # maps that differ from uniform
    return unet.eval()


# --------------------------------------------------------------- the exports

def export(unet, form, opset, timestep):
    for a in unet.attentions():
        a.form = form
    batch = {0: "batch"}
    axes = {"sample": {0: "batch", 2: "height", 3: "width"}, "encoder_hidden_states": batch, "out_sample": batch}
    if timestep.dim() == 1 and timestep.shape[0] > 1:
        axes["timestep"] = batch
    f = io.BytesIO()
    torch.onnx.export(unet, (torch.randn(2, 4, SIDE, SIDE), timestep, torch.randn(2, TOKENS, TEXT)), f,
                      input_names=["sample", "timestep", "encoder_hidden_states"], output_names=["out_sample"],
                      dynamic_axes=axes, opset_version=opset, do_constant_folding=True)
    m = onnx.load_from_string(f.getvalue())
    onnx.checker.check_model(m, full_check=True)
    return m


def share_constants(m):
    """Constants become initializers, equal ones one."""
    seen, rename, nodes = {}, {}, []
    for n in m.graph.node:
        if n.op_type != "Constant":
            nodes.append(n)
            continue
        t = n.attribute[0].t
        array = numpy_helper.to_array(t)
        key = (t.data_type, array.shape, array.tobytes())
        if key not in seen:
            seen[key] = n.output[0]
            m.graph.initializer.append(numpy_helper.from_array(array, n.output[0]))
        rename[n.output[0]] = seen[key]
    for n in nodes:
        for i, name in enumerate(n.input):
            n.input[i] = rename.get(name, name)
    del m.graph.node[:]
    m.graph.node.extend(nodes)
    return m


def like_dynamo(m):
    """What torch.onnx's newer exporter adds around attention: opset 18, no
    Constant nodes, scales cast to the type of what they scale."""
    m = share_constants(m)
    m.opset_import[0].version = 18
    nodes = []
    for n in m.graph.node:
        if n.op_type == "Div" and "attn" in n.name:
            cast = helper.make_node("CastLike", [n.input[1], n.input[0]], [n.output[0] + "_scale"], n.name + "_scale")
            n.input[1] = cast.output[0]
            nodes.append(cast)
        nodes.append(n)
        if n.op_type == "Softmax":
            inner = n.output[0] + "_inner"
            same = helper.make_node("Identity", [inner], [n.output[0]], n.name + "_detach")
            n.output[0] = inner
            nodes.append(same)
    del m.graph.node[:]
    m.graph.node.extend(nodes)
    onnx.checker.check_model(m)
    return m


def to_half(m):
    """float16 throughout, except for the sinusoids of the timestep."""
    m = share_constants(m)
    producer = {o: n for n in m.graph.node for o in n.output}
    entry = next(n for n in m.graph.node if n.op_type == "Gemm" and "time_embedding" in n.name)
    wide, todo = {"Resize"}, [entry.input[0]]
    keep = set()
    while todo:
        n = producer.get(todo.pop())
        if n is not None and n.name not in wide:
            wide.add(n.name)
            todo += n.input
    for n in m.graph.node:
        if n.op_type == "Resize" or n.name in wide:
            keep.update(n.input if n.op_type != "Resize" else n.input[1:])
        elif n.op_type == "Cast" and n.attribute[0].i == TensorProto.FLOAT:
            n.attribute[0].i = TensorProto.FLOAT16
        elif n.op_type == "ConstantOfShape" and n.attribute[0].t.data_type == TensorProto.FLOAT:
            n.attribute[0].t.CopyFrom(numpy_helper.from_array(np.zeros(1, np.float16)))
    at = [n.name for n in m.graph.node].index(entry.name)
    m.graph.node.insert(at, helper.make_node("Cast", [entry.input[0]], ["time_half"], "time_half", to=TensorProto.FLOAT16))
    m.graph.node[at + 1].input[0] = "time_half"
    for i, t in enumerate(m.graph.initializer):
        if t.data_type == TensorProto.FLOAT and t.name not in keep:
            m.graph.initializer[i].CopyFrom(numpy_helper.from_array(numpy_helper.to_array(t).astype(np.float16), t.name))
    for v in [*m.graph.input, *m.graph.output]:
        if v.type.tensor_type.elem_type == TensorProto.FLOAT:
            v.type.tensor_type.elem_type = TensorProto.FLOAT16
    onnx.checker.check_model(m, full_check=True)
    return m


def short_names(m):
    """Tensors and nodes get short names, to keep the files small."""
    rename = {"": ""}
    keep = [v.name for v in [*m.graph.input, *m.graph.output]]
    rename.update({n: n for n in keep})
    short = lambda name: rename.setdefault(name, f"t{len(rename)}")
    for t in m.graph.initializer:
        t.name = short(t.name)
    for n in m.graph.node:
        n.input[:] = [short(i) for i in n.input]
        n.output[:] = [short(o) for o in n.output]
        n.name = n.name if n.op_type == "Softmax" else ""
    return m


def save(m, name):
    if name != "folded_14":  # one stays as the exporter wrote it
        short_names(share_constants(m))
    del m.graph.value_info[:]
    with open(f"{HERE}/{name}.onnx", "wb") as f:
        f.write(m.SerializeToString())


def save_external(m, name):
    short_names(share_constants(m))
    path = f"{HERE}/{name}/model.onnx"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if os.path.exists(f"{HERE}/{name}/weights.bin"):
        os.remove(f"{HERE}/{name}/weights.bin")
    onnx.save_model(m, path, save_as_external_data=True, all_tensors_to_one_file=True, location="weights.bin", size_threshold=64)


def export_all(unet):
    scalar, one, rows = torch.tensor(501), torch.tensor([501]), torch.tensor([501.0, 501.0])
    save(export(unet, "folded", 12, rows.long()), "folded_12")
    save(export(unet, "folded", 14, scalar), "folded_14")
    save(export(unet, "sdpa", 14, rows), "sdpa_14")
    save(export(unet, "sdpa", 17, one), "sdpa_17")
    save(like_dynamo(export(unet, "expanded", 17, rows)), "expanded_18")
    save(to_half(export(unet, "folded", 17, one)), "half_17")
    save_external(export(unet, "folded", 17, one), "external_17")


# -------------------------------------------------------------- the reference

class Control:
    """P2P on one batch, row by row in an order in which sources come first."""

    def __init__(self, layers, mapper=None):
        eye = np.eye(TOKENS, dtype=np.float32)
        self.cross_source = np.arange(ROWS)
        self.mapper = np.stack([eye] * ROWS) if mapper is None else mapper
        self.take = np.zeros((ROWS, TOKENS), np.float32)
        self.keep = np.ones((ROWS, TOKENS), np.float32)
        self.self_source = np.tile(np.arange(ROWS), (layers, 1))
        self.value_source = np.tile(np.arange(ROWS), (layers, 1))
        self.self_value_mix = np.zeros((layers, ROWS), np.float32)
        self.cross_value_mix = np.zeros((ROWS, TOKENS), np.float32)
        self.depth = 1
        self.timesteps = np.full(ROWS, 501.0, np.float32)

    def arrays(self):
        out = {}
        for k, v in vars(self).items():
            if k in ("depth", "timesteps"):
                continue
            out["p2p_" + k] = v.astype(np.int64 if k.endswith("source") else np.float32)
        out["p2p_depth"] = np.array(self.depth, np.int64)
        out["timesteps"] = self.timesteps
        return out


def attach(unet, control):
    """Hooks that apply control; returns the list that cross-attention maps go to."""
    maps = []
    for index, layer in enumerate(unet.attentions()):
        def hook(a, probs, value, index=index):
            c, p, v = control, probs.clone(), value.clone()
            for b in range(ROWS):
                mapper = torch.from_numpy(c.mapper[b])
                vs = v[c.value_source[index, b]].clone()  # [h, M, d]
                if a.cross:
                    mixed = torch.einsum("ij,hid->hjd", mapper, vs)
                    beta = torch.from_numpy(c.cross_value_mix[b])[None, :, None]
                    v[b] = (1 - beta) * value[b] + beta * mixed
                    source = p[c.cross_source[b]].clone()  # [h, N, M]
                    mapped = torch.einsum("hni,ij->hnj", source, mapper)
                    p[b] = mapped * torch.from_numpy(c.take[b]) + probs[b] * torch.from_numpy(c.keep[b])
                else:
                    beta = float(c.self_value_mix[index, b])
                    v[b] = (1 - beta) * value[b] + beta * vs
                    p[b] = p[c.self_source[index, b]].clone()
            if a.cross and p.shape[2] == SIDE * SIDE:
                maps.append(p)
            return p, v
        layer.form, layer.hook = "sdpa", hook
    return maps


def cases(unet):
    """name → Control. Row 0 and 2 are sources; 1 and 3 are edited."""
    rng = np.random.default_rng(3)
    layers = len(unet.attentions())
    cross = [i for i, a in enumerate(unet.attentions()) if a.cross]
    small = [i for i in range(layers) if 2 <= i < 4]  # the layers at half the resolution
    spread = np.eye(TOKENS, dtype=np.float32)  # token 2 becomes tokens 2 and 3, the rest moves on
    spread[2, 3], spread[2, 2] = 0.5, 0.5
    spread[3:] = 0
    for j in range(4, TOKENS):
        spread[j - 1, j] = 1
    mappers = np.stack([np.eye(TOKENS, dtype=np.float32)] * ROWS)
    mappers[1] = spread
    new = lambda: Control(layers, mappers.copy())

    yield "identity", Control(layers)

    c = new()
    c.cross_source[1], c.take[1], c.keep[1] = 0, 1, 0
    yield "word swap", c

    c = new()
    alpha = np.array([1, 1, 0, 0, 1, 1, 1], np.float32)
    c.cross_source[1], c.take[1], c.keep[1] = 0, alpha, 1 - alpha
    yield "refinement", c

    c = new()
    equalizer = np.array([1, 1, 4, 1, -2, 1, 1], np.float32)
    c.cross_source[1], c.take[1], c.keep[1] = 0, alpha * equalizer, (1 - alpha) * equalizer
    c.keep[2] = equalizer
    yield "re-weight", c

    c = new()
    c.mapper[:] = rng.random((ROWS, TOKENS, TOKENS), np.float32)
    c.cross_source[:] = [0, 0, 2, 2]
    c.take[[1, 3]], c.keep[[1, 3]] = rng.random((2, TOKENS), np.float32), rng.random((2, TOKENS), np.float32)
    yield "any mapper", c

    c = new()
    c.self_source[small, 1] = 0
    yield "self, half the resolution", c

    c = new()
    c.self_source[:, 1], c.self_source[:, 3] = 0, 2
    yield "self", c

    c = new()
    c.value_source[:, 1], c.self_value_mix[:, 1] = 0, 0.5
    c.value_source[:, 3], c.self_value_mix[small, 3] = 2, 1
    yield "self values", c

    c = new()
    c.value_source[cross, 1], c.cross_value_mix[1] = 0, np.linspace(0, 1, TOKENS)
    yield "cross values", c

    c = new()
    c.cross_source[1], c.take[1], c.keep[1] = 0, alpha, 1 - alpha
    c.self_source[:, 1], c.value_source[:, 1] = 0, 0
    c.self_value_mix[:, 1], c.cross_value_mix[1] = 0.25, 0.75
    yield "everything", c

    # Row 1 is edited from row 0, row 2 from row 1 as edited, row 3 from row 2.
    c = new()
    c.mapper[2], c.mapper[3] = spread.T, rng.random((TOKENS, TOKENS), np.float32)
    c.cross_source[:], c.depth = [0, 0, 1, 2], 3
    c.take[1:], c.keep[1:] = rng.random((3, TOKENS), np.float32), rng.random((3, TOKENS), np.float32)
    c.self_source[:] = [0, 0, 1, 2]
    c.value_source[:] = [0, 0, 1, 2]
    c.self_value_mix[:, 1:] = [0.5, 0.75, 1]
    c.cross_value_mix[1:] = rng.random((3, TOKENS), np.float32)
    yield "chain", c

    c = new()
    c.cross_source[1], c.take[1], c.keep[1] = 0, 1, 0
    c.timesteps = np.array([901, 901, 21, 301], np.float32)
    yield "timestep of each row", c


def write_reference(unet):
    torch.manual_seed(11)
    sample, text = torch.randn(ROWS, 4, SIDE, SIDE), torch.randn(ROWS, TOKENS, TEXT)
    arrays, blob = [], bytearray()

    def put(array):
        array = np.ascontiguousarray(array)
        kind = {"float32": "float32", "int64": "int64"}[array.dtype.name]
        entry = dict(type=kind, dims=list(array.shape), offset=len(blob))
        blob.extend(array.astype(array.dtype.newbyteorder("<")).tobytes())
        return entry

    manifest = dict(sample=put(sample.numpy()), encoder_hidden_states=put(text.numpy()), cases=[])
    for name, control in cases(unet):
        maps = attach(unet, control)
        with torch.no_grad():
            out = unet(sample, torch.from_numpy(control.timesteps), text)
        mean = torch.stack([p.mean(1) for p in maps]).mean(0)
        entry = {k: put(v) for k, v in control.arrays().items()}
        manifest["cases"].append(dict(name=name, inputs=entry, out_sample=put(out.numpy()), p2p_maps=put(mean.numpy())))
    with open(f"{HERE}/reference.json", "w") as f:
        json.dump(manifest, f, indent=1)
        f.write("\n")
    with open(f"{HERE}/reference.bin", "wb") as f:
        f.write(blob)


if __name__ == "__main__":
    unet = make_unet()
    export_all(unet)
    write_reference(unet)
