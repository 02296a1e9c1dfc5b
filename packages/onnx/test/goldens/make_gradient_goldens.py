"""Small GPT-2 and LLaMA decoders written in PyTorch, exported by torch.onnx, and their gradients by autograd.

Needs Debian's python3-torch (1.13) and python3-onnx; run in this folder. Nothing of the exporter's graphs is touched:
LayerNorm, GELU, RMSNorm, rotary embeddings, softmax and attention come out in primitive operators.

The loss is the sum of seed * logits over what is no padding, with seed[i] = ((i * 7919) % 2003) / 1001.5 - 1 by the
place i in the logits, row by row. Gradients are of float64 and by the residual stream behind every block, [2, 4, width],
and by the weight of the MLP's down-projection of block 1, [inner width, width].
"""
import json
import math

import torch
from torch import nn

VOCABULARY, WIDTH, HEADS, BLOCKS, POSITIONS = 266, 16, 4, 3, 32
HEAD = WIDTH // HEADS
torch.manual_seed(20261126)


def shared(x, heads):
    """Key-value heads, [batch, kv heads, total, head width], each for as many query heads as share it."""
    batch, own, total, width = x.shape
    return x if own == heads else x[:, :, None].expand(batch, own, heads // own, total, width).reshape(batch, heads, total, width)


def attend(query, key, value, mask, past):
    """Attention of heads, [batch, heads, length, head width], over what lies before and what is not padding."""
    before = past[0].size(2)
    key, value = torch.cat([past[0], key], 2), torch.cat([past[1], value], 2)
    length, total = query.size(2), before + query.size(2)
    ahead = torch.ones(length, total, dtype=torch.bool).triu(before + 1)
    scores = query @ shared(key, HEADS).transpose(2, 3) / math.sqrt(HEAD)
    bias = (1 - mask[:, None, None, :].to(query.dtype)) * -1e4
    scores = scores.masked_fill(ahead, -1e4) + bias
    heads = torch.softmax(scores, -1) @ shared(value, HEADS)
    return heads.transpose(1, 2).reshape(query.size(0), length, WIDTH), (key, value)


class Conv1D(nn.Module):
    """An affine map of rows with the weight as GPT-2 stores it, [in, out]: a Gemm of flattened rows."""

    def __init__(self, width, out):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(width, out) / math.sqrt(width))
        self.bias = nn.Parameter(torch.randn(out) * 0.1)

    def forward(self, x):
        flat = torch.addmm(self.bias, x.reshape(-1, x.size(-1)), self.weight)
        return flat.view(x.size(0), x.size(1), self.bias.size(0))


class Gpt2Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.c_attn, self.c_out = Conv1D(WIDTH, 3 * WIDTH), Conv1D(WIDTH, WIDTH)
        self.c_fc, self.c_proj = Conv1D(WIDTH, 4 * WIDTH), Conv1D(4 * WIDTH, WIDTH)

    def forward(self, x, mask, positions, past):
        parts = self.c_attn(self.ln_1(x)).split(WIDTH, 2)
        query, key, value = (p.view(p.size(0), p.size(1), HEADS, HEAD).transpose(1, 2) for p in parts)
        heads, present = attend(query, key, value, mask, past)
        x = x + self.c_out(heads)
        inner = self.c_fc(self.ln_2(x))
        gelu = 0.5 * inner * (1 + torch.tanh(math.sqrt(2 / math.pi) * (inner + 0.044715 * torch.pow(inner, 3))))
        return x + self.c_proj(gelu), present

    def down(self):
        return self.c_proj.weight.grad


class RmsNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(1 + torch.randn(WIDTH) * 0.1)

    def forward(self, x):
        return self.weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def rotate(x, positions):
    """Rotary positions of half-split pairs, of [batch, heads, length, head width]."""
    frequencies = 100.0 ** (-torch.arange(0, HEAD, 2, dtype=x.dtype) / HEAD)
    angles = positions[:, None, :, None].to(x.dtype) * frequencies
    angles = torch.cat([angles, angles], -1)
    left, right = x[..., : HEAD // 2], x[..., HEAD // 2 :]
    return x * angles.cos() + torch.cat([-right, left], -1) * angles.sin()


class LlamaBlock(nn.Module):
    def __init__(self):
        super().__init__()
        linear = lambda width, out: nn.Linear(width, out, bias=False)
        self.norm_1, self.norm_2 = RmsNorm(), RmsNorm()
        self.q_proj, self.o_proj = linear(WIDTH, WIDTH), linear(WIDTH, WIDTH)
        self.k_proj, self.v_proj = linear(WIDTH, WIDTH // 2), linear(WIDTH, WIDTH // 2)
        self.gate_proj, self.up_proj = linear(WIDTH, 3 * WIDTH), linear(WIDTH, 3 * WIDTH)
        self.down_proj = linear(3 * WIDTH, WIDTH)

    def forward(self, x, mask, positions, past):
        normed = self.norm_1(x)
        query, key, value = (
            each(normed).view(x.size(0), x.size(1), -1, HEAD).transpose(1, 2)
            for each in (self.q_proj, self.k_proj, self.v_proj)
        )
        heads, present = attend(rotate(query, positions), rotate(key, positions), value, mask, past)
        x = x + self.o_proj(heads)
        normed = self.norm_2(x)
        return x + self.down_proj(nn.functional.silu(self.gate_proj(normed)) * self.up_proj(normed)), present

    def down(self):
        return self.down_proj.weight.grad.T


class Decoder(nn.Module):
    def __init__(self, block, final, absolute):
        super().__init__()
        self.wte = nn.Embedding(VOCABULARY, WIDTH)
        self.wpe = nn.Embedding(POSITIONS, WIDTH) if absolute else None
        self.h = nn.ModuleList(block() for _ in range(BLOCKS))
        self.final = final()
        self.lm_head = nn.Linear(WIDTH, VOCABULARY, bias=False)

    def forward(self, input_ids, attention_mask, position_ids, *past, streams=None):
        x = self.wte(input_ids)
        if self.wpe is not None:
            x = x + self.wpe(position_ids)
        present = []
        for i, block in enumerate(self.h):
            x, cache = block(x, attention_mask, position_ids, past[2 * i : 2 * i + 2])
            present += cache
            if streams is not None:
                x.retain_grad()
                streams.append(x)
        return (self.lm_head(self.final(x)), *present)


def export(name, model, heads):
    length, before = 3, 2
    past = [torch.randn(2, heads, before, HEAD) for _ in range(2 * BLOCKS)]
    names = [f"{i}.{part}" for i in range(BLOCKS) for part in ("key", "value")]
    axes = {"input_ids": {0: "batch", 1: "length"}, "position_ids": {0: "batch", 1: "length"}}
    axes |= {"attention_mask": {0: "batch", 1: "total"}, "logits": {0: "batch", 1: "length"}}
    axes |= {f"past_key_values.{n}": {0: "batch", 2: "past"} for n in names}
    axes |= {f"present.{n}": {0: "batch", 2: "total"} for n in names}
    ids = torch.arange(2 * length).view(2, length)
    torch.onnx.export(
        model,
        (ids, torch.ones(2, before + length, dtype=torch.long), before + ids % length, *past),
        f"../fixtures/{name}-torchscript.onnx",
        input_names=["input_ids", "attention_mask", "position_ids"] + [f"past_key_values.{n}" for n in names],
        output_names=["logits"] + [f"present.{n}" for n in names],
        dynamic_axes=axes,
        opset_version=14,
    )


def golden(name, model, heads):
    model.double()
    ids = torch.tensor([[5, 17, 3, 99], [0, 0, 44, 7]])
    mask = torch.tensor([[1, 1, 1, 1], [0, 0, 1, 1]])
    positions = torch.tensor([[0, 1, 2, 3], [0, 0, 0, 1]])
    streams, past = [], [torch.zeros(2, heads, 0, HEAD, dtype=torch.double)] * (2 * BLOCKS)
    logits = model(ids, mask, positions, *past, streams=streams)[0]
    places = torch.arange(logits.numel(), dtype=torch.long)
    seed = (((places * 7919) % 2003).double() / 1001.5 - 1).view_as(logits)
    loss = (seed * logits * mask[..., None]).sum()
    loss.backward()
    rounded = lambda tensor: [float(f"{x:.12g}") for x in tensor.flatten().tolist()]
    return {
        "name": name,
        "width": WIDTH,
        "loss": loss.item(),
        "streams": [rounded(x.grad) for x in streams],
        "down": rounded(model.h[1].down()),
    }


cases = []
for name, model, heads in [
    ("gpt2", Decoder(Gpt2Block, lambda: nn.LayerNorm(WIDTH), True), HEADS),
    ("llama", Decoder(LlamaBlock, RmsNorm, False), HEADS // 2),
]:
    model.eval()
    export(name, model, heads)
    cases.append(golden(name, model, heads))
with open("gradient-goldens.json", "w") as file:
    json.dump({"made_with": {"torch": torch.__version__, "dtype": "float64"}, "cases": cases}, file)
    file.write("\n")
