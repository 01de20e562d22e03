"""The JSON answers of the public contract, made from what the repository returns; REST gives the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import fields
from math import isfinite
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import msgspec

from jupyter_mlversion.codec.record import to_plain
from jupyter_mlversion.domain.version import Version

if TYPE_CHECKING:
    from jupyter_mlversion.domain.artifact import Artifact
    from jupyter_mlversion.domain.damage import Damage
    from jupyter_mlversion.domain.difference import ArtifactChange, Difference
    from jupyter_mlversion.domain.plan import RestorePlan
    from jupyter_mlversion.repository import (
        Branches,
        Copied,
        Deleted,
        Detail,
        Finding,
        Gathered,
        Mended,
        Outcome,
        Restored,
        Status,
        Storage,
        Tags,
    )

Answer = dict[str, Any]

_CONTENTS = 100
_FIELDS = tuple(field.name for field in fields(Version))
_values = attrgetter(*_FIELDS)


def version_answer(version: Version) -> Answer:
    """V of the contract."""
    if _is_finite(version):
        with suppress(ValueError, OverflowError):  # halves of characters, very large numbers
            return cast("Answer", msgspec.json.decode(msgspec.json.encode(version)))  # a page of a list has a hundred
    answer: Answer = to_plain(version)
    return answer


def listed_answer(version: Version) -> Answer:
    """V of the contract in a list of very many: what is in its fields is left for `encoded`."""
    if _is_finite(version):
        return dict(zip(_FIELDS, _values(version), strict=True))
    answer: Answer = to_plain(version)
    return answer


def detail_answer(detail: Detail) -> Answer:
    """V with the whole snapshot."""
    snapshot = detail.snapshot
    return {
        **version_answer(detail.version),
        "artifacts": [artifact_answer(artifact) for artifact in snapshot.artifacts],
        "runs": to_plain(snapshot.runs),
        "splits": to_plain(snapshot.splits),
        "environment": to_plain(snapshot.environment),
        "code": to_plain(snapshot.code),
        "missing": list(detail.lacking),
    }


def artifact_answer(artifact: Artifact) -> Answer:
    """One captured file; the mode is octal text, as Git writes it."""
    return {
        "path": artifact.path,
        "role": artifact.role.value,
        "access": artifact.access.value,
        "digest": artifact.digest,
        "size": artifact.size,
        "mode": f"{artifact.mode:06o}",
        "state": artifact.state.value,
        "reason": artifact.reason,
    }


def difference_answer(difference: Difference) -> Answer:
    """How b differs from a."""
    return {
        "artifacts": [_artifact_change(change) for change in difference.artifacts],
        "metrics": to_plain(difference.metrics),
        "params": to_plain(difference.params),
        "environment": to_plain(difference.environment),
        "cells": to_plain(difference.cells),
        "splits": to_plain(difference.splits),
    }


def plan_answer(plan: RestorePlan) -> Answer:
    """What a restore would do."""
    answer: Answer = to_plain(plan)
    return answer


def restored_answer(restored: Restored) -> Answer:
    """What a restore did."""
    return {
        "plan": plan_answer(restored.plan), "restored": restored.restored, "safety_version": restored.safety_version,
        "kept": to_plain(restored.kept),
    }


def copied_answer(copied: Copied) -> Answer:
    """What a restore as copy wrote."""
    return {
        "plan": plan_answer(copied.plan), "restored": True, "safety_version": None, "kept": [],
        "folder": copied.folder, "notebook": copied.notebook,
    }


def status_answer(status: Status) -> Answer:
    """Where the workspace stands."""
    return {
        "workspace": str(status.workspace),
        "lines": [
            {"line": line.line, "notebook": line.notebook, "head": line.head, "branch": line.branch}
            for line in status.lines
        ],
        "changed": [
            {"path": item.path, "role": item.role.value, "change": item.change.value} for item in status.changed
        ],
        "store_bytes": status.store_bytes,
        "staged": status.staged,
    }


def annotated_answer(versions: Iterable[Version]) -> Answer:
    """Versions of which something was said."""
    return {"versions": [version_answer(version) for version in versions]}


def tags_answer(tags: Tags) -> Answer:
    """All tags, and what the one in question named before."""
    return {"tags": dict(sorted(tags.tags.items())), "before": tags.before}


def branches_answer(branches: Branches) -> Answer:
    """The branches of a line, and what the one in question had before."""
    return {"line": branches.line, "branch": branches.branch, "branches": dict(sorted(branches.branches.items())),
            "before": branches.before}


def outcome_answer(outcome: Outcome) -> Answer:
    """What became of a checkpoint."""
    return {
        "version": None if outcome.version is None else version_answer(outcome.version),
        "unchanged": outcome.unchanged,
        "seconds": outcome.seconds,
        "bytes_new": outcome.bytes_new,
        "note": outcome.note,
    }


def damage_answer(damage: Iterable[Damage]) -> Answer:
    """What verify found."""
    found = [to_plain(item) for item in damage]
    return {"ok": not found, "damage": found}


def mended_answer(mended: Mended) -> Answer:
    """What a repair did: `damage` is what is left."""
    return {**damage_answer(mended.left), "before": [to_plain(item) for item in mended.before]}


def gathered_answer(gathered: Gathered) -> Answer:
    """What gc did, or would do."""
    gone = [{"version": item.version.id, "short": item.version.short, "rule": item.rule, "bytes": item.bytes,
             "contents": to_plain(item.contents)} for item in gathered.gone]
    return {"gone": gone, "dead": gathered.dead, "collected": to_plain(gathered.collected)}


def deleted_answer(deleted: Deleted) -> Answer:
    """What delete or undelete did, or would do; of many contents, the largest."""
    return {
        "versions": [version_answer(version) for version in deleted.versions], "kept": dict(deleted.kept),
        "frees": deleted.frees, "adds": deleted.adds, "contents": to_plain(deleted.contents[:_CONTENTS]),
        "content_count": len(deleted.contents), "missing": list(deleted.missing),
    }


def storage_answer(storage: Storage) -> Answer:
    """What takes the room."""
    answer: Answer = to_plain(storage)
    return answer


def findings_answer(findings: Iterable[Finding]) -> list[Answer]:
    """What doctor found."""
    return [{"what": finding.what, "advice": finding.advice, "ok": finding.ok} for finding in findings]


def error_answer(error: Mapping[str, str]) -> Answer:
    """The one document that ``--json`` prints when a command fails."""
    return {"error": dict(error)}


def _is_finite(version: Version) -> bool:
    values = (*version.metrics.values(), *version.params.values())
    return all([isfinite(value) for value in values if isinstance(value, float)])  # noqa: C419  quicker


def _artifact_change(change: ArtifactChange) -> Answer:
    return {
        "path": change.path,
        "role": change.role.value,
        "change": change.change.value,
        "from": change.before,
        "to": change.after,
    }
