"""False alarms and detection of drift: ``python -m benchmarks.drift_detection``.

Prints the tables of docs/drift.md.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
from tqdm import tqdm

from benchmarks.drift_windows import SHIFTS, arrivals, columns_of, make_scene, resample
from drift_monitor.measures import MEASURES
from drift_monitor.measuring import Least, measure
from drift_monitor.verdict import judge_all, overall
from dvc_stages.packaged_snapshot import packaged_snapshot

N_SCENES = 4


def main() -> None:
    """Make windows with and without shift, and count what is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--windows", type=int, default=60, help="of each kind (default: 60)")
    n_windows = parser.parse_args().windows
    for title, with_regulars in (("users rate once, at length", False), ("regulars", True)):
        counts, judged = count_alarms(with_regulars=with_regulars, n_windows=n_windows)
        print(f"\n{title}: {n_windows} seeded windows of each kind\n")
        _print(counts, judged)


def count_alarms(
    *, with_regulars: bool, n_windows: int
) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]]]:
    """Return by shift how often each measure, and the verdict, found drift or could be judged."""
    snapshot = packaged_snapshot()
    thresholds = {name: facts.threshold for name, facts in MEASURES.items()}
    counts: dict[str, Counter[str]] = {shift: Counter() for shift in SHIFTS}
    could_judge: dict[str, Counter[str]] = {shift: Counter() for shift in SHIFTS}
    progress = tqdm(total=n_windows * len(SHIFTS), disable=None)
    for scene_seed in range(N_SCENES):
        rng = np.random.default_rng(scene_seed)
        rows = columns_of(snapshot, with_regulars=with_regulars, rng=rng)
        scene = make_scene(rows, snapshot.movies, rng)
        for seed in range(scene_seed, n_windows, N_SCENES):
            for name, (shift, _) in SHIFTS.items():
                draw = np.random.default_rng([seed, 1])
                window = arrivals(shift(resample(scene, draw), scene, draw), scene)
                found = measure(window, scene.model, Least(), thresholds).findings
                judgements = judge_all(found, thresholds)
                counts[name][overall(judgements)] += 1
                counts[name].update(j.name for j in judgements if j.verdict == "drift")
                could_judge[name].update(
                    j.name for j in judgements if j.verdict != "not_enough_data"
                )
                progress.update()
    progress.close()
    return counts, could_judge


def _print(counts: dict[str, Counter[str]], judged: dict[str, Counter[str]]) -> None:
    print(f"| measure | {' | '.join(SHIFTS)} |\n|{'---|' * (len(SHIFTS) + 1)}")
    print(f"| **verdict: drift** | {' | '.join(str(counts[s]['drift']) for s in SHIFTS)} |")
    for name in MEASURES:
        cells = [_cell(counts[s][name], judged[s][name], SHIFTS[s][1] == name) for s in SHIFTS]
        print(f"| `{name}` | {' | '.join(cells)} |")


def _cell(count: int, judged: int, is_meant: bool) -> str:
    if not judged:
        return "-"
    return f"**{count}**" if is_meant else str(count)


if __name__ == "__main__":
    main()
