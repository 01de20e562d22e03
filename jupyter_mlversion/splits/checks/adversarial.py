"""A model tries to tell in which part a row is: what no single feature shows, all together may."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any

from jupyter_mlversion.domain.check import Check, Item, Verdict
from jupyter_mlversion.splits.checks.answer import answer, names_text, not_applicable, skipped
from jupyter_mlversion.splits.checks.feature_drift import some_columns
from jupyter_mlversion.splits.checks.features import Kind

if TYPE_CHECKING:
    from jupyter_mlversion.splits.checks.subject import Subject

NAME = "adversarial"
ROWS = 600
"""Rows of each side that the model sees."""

COLUMNS = 200
SUSPECT, MUCH = 0.6, 0.75
"""AUC from which it is a warning, and a problem; 0.5 is guessing."""

SURE = 4.0
"""Standard errors by which the AUC must exceed 0.5: the folds share rows, so that these errors are told too small."""

FEWEST = 30
INSTALL = 'pip install "jupyter_mlversion[ml]"'


def check(subject: Subject) -> Check:
    """The AUC, cross-validated three times, of trees that tell the last part's rows from the others'.

    The error of an AUC is Hanley and McNeil's (*Radiology* 143, 1982).
    """
    if subject.features is None or not subject.features.columns:
        return not_applicable(NAME, "The data has no columns to compare.")
    *_, (name, rows, others) = [("", (), ()), *subject.sides()]
    rows, others = (subject.apart(side) if len(side) else side for side in (rows, others))
    if min(len(rows), len(others)) < FEWEST:
        return not_applicable(NAME, f"There are fewer than {FEWEST} rows on a side.")
    if not _installed():
        return skipped(NAME, f"Needs scikit-learn: {INSTALL}")
    if not subject.thorough and "sklearn" not in sys.modules:
        return skipped(NAME, "scikit-learn is not in use here; mlversion.check(…) imports it and asks.")
    one, two = subject.sample(rows, ROWS), subject.sample(others, ROWS)
    score, weights = _auc(subject, one, two)
    error = _error(score, len(one), len(two))
    sure = score - 0.5 > SURE * error
    verdict = Verdict.OK if not sure or score < SUSPECT else Verdict.PROBLEM if score >= MUCH else Verdict.WARNING
    items = [Item(feature, verdict, {"importance": weight}) for feature, weight in weights] if sure else []
    if verdict == Verdict.OK:
        sentence = f"A model cannot tell {name} from the rest (AUC {score:.2f})."
    else:
        sentence = (f"A model tells {name} from the rest (AUC {score:.2f}); it goes by "
                    f"{names_text([feature for feature, _ in weights])}.")
    sampled = len(one) + len(two) if len(one) + len(two) < len(rows) + len(others) else 0
    return answer(NAME, verdict, sentence, items=items, sampled=sampled,
                  numbers={"auc": score, "error": error, "suspect from": SUSPECT, "problem from": MUCH})


def _installed() -> bool:
    import importlib.util

    return importlib.util.find_spec("sklearn") is not None


def _auc(subject: Subject, one: Any, two: Any) -> tuple[float, list[tuple[str, float]]]:
    """The AUC, and the ten features that the model goes by most, with their importance."""
    import numpy as np
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    assert subject.features is not None  # noqa: S101 - asked before
    places = some_columns(subject.features)
    places = places if len(places) <= COLUMNS else places[:: math.ceil(len(places) / COLUMNS)]
    columns = [subject.features.columns[place] for place in places]
    rows = np.concatenate([one, two])
    label = np.concatenate([np.ones(len(one)), np.zeros(len(two))])
    values = subject.features.block(rows, columns)
    for place, column in enumerate(columns):
        if column.kind is Kind.CATEGORY:
            values[:, place] = column.codes[rows]
    values = np.nan_to_num(np.clip(values, -1e30, 1e30), nan=-1e30)  # trees only compare
    guessed = np.zeros(len(rows))
    for learned, judged in StratifiedKFold(3, shuffle=True, random_state=0).split(values, label):
        subject.clock.tick()
        model = RandomForestClassifier(30, min_samples_leaf=5, class_weight="balanced", random_state=0)
        model.fit(values[learned].astype(np.float32), label[learned])
        guessed[judged] = model.predict_proba(values[judged].astype(np.float32))[:, 1]
        weights = model.feature_importances_
    best = np.argsort(-weights)[:10]
    return float(roc_auc_score(label, guessed)), [(columns[place].name, float(weights[place])) for place in best]


def _error(auc: float, positive: int, negative: int) -> float:
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = (auc * (1 - auc) + (positive - 1) * (q1 - auc * auc) + (negative - 1) * (q2 - auc * auc))
    return math.sqrt(max(variance, 0.0) / (positive * negative))
