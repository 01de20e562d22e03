"""Which way a metric improves: as its name tells, or as the user says."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LOWER = re.compile(
    r"loss|losses|error|errors|err|mae|mse|rmse|rmsle|mape|smape|logloss|nll|perplexity|ppl|deviance|divergence|kl|kld"
    r"|distance|wer|cer|fid|brier|ece|regret|cost|latency|time|seconds|duration|bpc|bpd|inertia|hamming|overfit|gap"
)
_HIGHER = re.compile(
    r"acc|accuracy|auc|auroc|auprc|roc|aucpr|ap|map|precision|recall|sensitivity|specificity|f|fbeta|fscore|r|score"
    r"|scores|iou|miou|dice|jaccard|kappa|mcc|psnr|ssim|bleu|rouge|meteor|ndcg|mrr|hits?|reward|rewards|return|returns"
    r"|throughput|silhouette|likelihood|elbo|correlation|pearson|spearman|correct|win|success|profit"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


@dataclass(frozen=True, slots=True)
class Directions:
    """Which way metrics improve in one workspace.

    Parameters
    ----------
    lower, higher : names of metrics of which less, or more, is better, whatever their names tell; ``*`` stands for
        anything. A name among both is of `lower`.
    """

    lower: tuple[str, ...] = ()
    higher: tuple[str, ...] = ()

    def lower_is_better(self, metric: str) -> bool | None:
        """Whether smaller values of the metric are better; None where nothing tells.

        A name tells by its words: ``val_loss`` and ``testRMSE`` are better lower, ``accuracy`` and ``roc_auc`` are not,
        and of ``learning rate`` nobody knows.
        """
        for patterns, lower in ((self.lower, True), (self.higher, False)):
            if any(_fits(metric, pattern) for pattern in patterns):
                return lower
        words = [word.lower() for word in _WORDS.findall(metric)]
        if any(_LOWER.fullmatch(word) for word in words):
            return True
        return False if any(_HIGHER.fullmatch(word) for word in words) else None


BY_NAME = Directions()
"""Nothing but names tells."""


def _fits(metric: str, pattern: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), metric, re.DOTALL) is not None
