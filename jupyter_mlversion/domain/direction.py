"""Which way a metric improves, as far as its name tells."""

from __future__ import annotations

import re

_LOWER = re.compile(
    r"loss|error|err|mae|mse|rmse|rmsle|mape|smape|logloss|nll|perplexity|ppl|deviance|divergence|kl|distance|wer|cer"
    r"|fid|brier|ece|regret|cost|latency|time|seconds|duration|bpc|bpd|inertia|hamming|overfit|gap"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def lower_is_better(metric: str) -> bool:
    """Whether smaller values of the metric are better, told by the words of its name: ``val_loss``, ``testRMSE``."""
    return any(_LOWER.fullmatch(word.lower()) for word in _WORDS.findall(metric))
