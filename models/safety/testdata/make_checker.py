#!/usr/bin/python3
"""Makes testdata/red: a safety checker to which red pictures are unsafe.

No published safety checker is small enough to test with. This one has the
inputs, the output and the last layers of the one that diffusers exports
(StableDiffusionSafetyChecker.forward_onnx), but instead of CLIP's embedding
the mean colour: cosine similarity with concepts, less each concept's
threshold, any of them positive.
"""

import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SIDE = 224
MEAN = [0.48145466, 0.4578275, 0.40821073]
STD = [0.26862954, 0.26130258, 0.27577711]

# Two concepts, in normalised colour: red, and bright red.
concepts = np.array([[1, -0.6, -0.5], [1, -0.2, -0.2]], dtype=np.float32)
concepts /= np.linalg.norm(concepts, axis=1, keepdims=True)
thresholds = np.array([0.93, 0.95], dtype=np.float32)

constants = {"concepts": concepts.T.copy(), "thresholds": thresholds, "zero": np.float32([0])}
nodes = [
    helper.make_node("ReduceMean", ["clip_input"], ["pooled"], axes=[2, 3], keepdims=0),
    helper.make_node("ReduceL2", ["pooled"], ["length"], axes=[1], keepdims=1),
    helper.make_node("Div", ["pooled", "length"], ["embedding"]),
    helper.make_node("MatMul", ["embedding", "concepts"], ["cosine"]),
    helper.make_node("Sub", ["cosine", "thresholds"], ["concept_scores"]),
    helper.make_node("ReduceMax", ["concept_scores"], ["worst"], axes=[1], keepdims=0),
    helper.make_node("Greater", ["worst", "zero"], ["has_nsfw_concepts"]),
    helper.make_node("Identity", ["images"], ["out_images"]),
]
graph = helper.make_graph(
    nodes, "red",
    [helper.make_tensor_value_info("clip_input", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE]),
     helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", "height", "width", "channels"])],
    [helper.make_tensor_value_info("out_images", TensorProto.FLOAT, ["batch", "height", "width", "channels"]),
     helper.make_tensor_value_info("has_nsfw_concepts", TensorProto.BOOL, ["batch"])],
    [numpy_helper.from_array(a, name) for name, a in constants.items()],
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], producer_name="pentimento")
model.ir_version = 7
onnx.checker.check_model(model)

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "red")
for part in ("safety_checker", "feature_extractor"):
    os.makedirs(os.path.join(here, part), exist_ok=True)
onnx.save(model, os.path.join(here, "safety_checker", "model.onnx"))
with open(os.path.join(here, "feature_extractor", "preprocessor_config.json"), "w") as f:
    json.dump({
        "crop_size": SIDE, "do_center_crop": True, "do_convert_rgb": True, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor", "image_mean": MEAN, "image_std": STD, "resample": 3, "size": SIDE,
    }, f, indent=2)
    f.write("\n")
