"""The text encoder: token numbers [B, 32] to hidden states [B, 32, WIDTH].

A small CLIP text model, named as in transformers' CLIPTextModel: causal
self-attention, pre-normalisation, quick GELU, a final layer norm.
"""
import torch
import torch.nn as nn

from tokenizer import CONTEXT

WIDTH, LAYERS, HEADS = 128, 2, 4


class CLIPAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.head, self.width = heads, width // heads, width
        self.q_proj, self.k_proj, self.v_proj, self.out_proj = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, mask):
        batch, tokens = x.shape[:2]

        def split(y):
            return y.reshape(batch, tokens, self.heads, self.head).transpose(1, 2)

        scores = split(self.q_proj(x)) @ split(self.k_proj(x)).transpose(2, 3) * self.head ** -.5 + mask
        mixed = scores.softmax(-1) @ split(self.v_proj(x))
        return self.out_proj(mixed.transpose(1, 2).reshape(batch, tokens, self.width))


class CLIPMLP(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = self.fc1(x)
        return self.fc2(x * torch.sigmoid(1.702 * x))


class CLIPEncoderLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.self_attn, self.layer_norm1 = CLIPAttention(width, heads), nn.LayerNorm(width)
        self.mlp, self.layer_norm2 = CLIPMLP(width), nn.LayerNorm(width)

    def forward(self, x, mask):
        x = x + self.self_attn(self.layer_norm1(x), mask)
        return x + self.mlp(self.layer_norm2(x))


class CLIPTextEmbeddings(nn.Module):
    def __init__(self, vocabulary, width):
        super().__init__()
        self.token_embedding, self.position_embedding = nn.Embedding(vocabulary, width), nn.Embedding(CONTEXT, width)
        nn.init.normal_(self.token_embedding.weight, std=.3)
        nn.init.normal_(self.position_embedding.weight, std=.1)

    def forward(self, tokens):
        return self.token_embedding(tokens) + self.position_embedding.weight[:tokens.shape[1]]


class CLIPEncoder(nn.Module):
    def __init__(self, width, heads, layers):
        super().__init__()
        self.layers = nn.ModuleList([CLIPEncoderLayer(width, heads) for _ in range(layers)])

    def forward(self, x, mask):
        for layer in self.layers:
            x = layer(x, mask)
        return x


class CLIPTextTransformer(nn.Module):
    def __init__(self, vocabulary, width, layers, heads):
        super().__init__()
        self.embeddings = CLIPTextEmbeddings(vocabulary, width)
        self.encoder = CLIPEncoder(width, heads, layers)
        self.final_layer_norm = nn.LayerNorm(width)
        self.register_buffer('mask', torch.full((CONTEXT, CONTEXT), -1e4).triu(1), persistent=False)

    def forward(self, tokens):
        n = tokens.shape[1]
        return self.final_layer_norm(self.encoder(self.embeddings(tokens), self.mask[:n, :n]))


class CLIPTextModel(nn.Module):
    def __init__(self, vocabulary, width=WIDTH, layers=LAYERS, heads=HEADS):
        super().__init__()
        self.text_model = CLIPTextTransformer(vocabulary, width, layers, heads)

    def forward(self, input_ids):
        return self.text_model(input_ids)
