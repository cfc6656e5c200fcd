"""From findings to a verdict; pure, so that the rule can be read and tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from drift_monitor.measures import MEASURES, Finding

Verdict = Literal["drift", "no_drift", "not_enough_data"]
MeasureVerdict = Literal["ok", "drift", "not_enough_data"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """One measure, judged."""

    name: str
    finding: Finding
    threshold: float
    verdict: MeasureVerdict
    explanation: str


def judge_all(findings: Mapping[str, Finding], thresholds: Mapping[str, float]) -> list[Judgement]:
    """Judge every measure by its threshold and by chance."""
    return [_judge(name, finding, thresholds[name]) for name, finding in findings.items()]


def overall(judgements: Sequence[Judgement]) -> Verdict:
    """Return "drift" when one measure found it, and never "no_drift" for want of ratings."""
    if any(judged.verdict == "drift" for judged in judgements):
        return "drift"
    ratings = [judged for judged in judgements if MEASURES[judged.name].counted == "ratings"]
    if all(judged.verdict == "not_enough_data" for judged in ratings):
        return "not_enough_data"
    return "no_drift"


def summary(judgements: Sequence[Judgement], counts: Mapping[str, int]) -> str:
    """Say in plain words what was found."""
    drifted = [judged for judged in judgements if judged.verdict == "drift"]
    if drifted:
        return " ".join(judged.explanation for judged in drifted)
    came = f"{_some(counts['ratings'], 'rating')} of {_some(counts['users'], 'user')}"
    if overall(judgements) == "not_enough_data":
        return f"Too few to tell: {came}."
    unknown = sum(judged.verdict == "not_enough_data" for judged in judgements)
    rest = f" {_some(unknown, 'measure')} had too little data." if unknown else ""
    return f"{came} look like what the model was trained on.{rest}"


def _some(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def reason_to_train(judgements: Sequence[Judgement]) -> str | None:
    """Return why a training would help, None when it would not."""
    parts = [
        f"{judged.name} {judged.finding.score:.3f} > {judged.threshold:g}"
        for judged in judgements
        if judged.verdict == "drift" and MEASURES[judged.name].is_mended_by_training
    ]
    return f"drift: {', '.join(parts)}" if parts else None


def _judge(name: str, finding: Finding, threshold: float) -> Judgement:
    facts = MEASURES[name]
    if finding.score is None:
        too_few = f"{finding.n} {facts.counted} are too few; it takes {finding.n_needed}."
        why = finding.obstacle or too_few
        return Judgement(name, finding, threshold, "not_enough_data", why)
    is_drift = finding.score > threshold and finding.score > (finding.chance or 0.0)
    explanation = facts.explain(finding)
    if finding.score > threshold and not is_drift:
        explanation += " That is above the threshold, but so few users can do that by chance."
    return Judgement(name, finding, threshold, "drift" if is_drift else "ok", explanation)
