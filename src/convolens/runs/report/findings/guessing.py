"""Whether the network is better than always saying the commonest class."""

from convolens.analysis.measures import Scores
from convolens.analysis.measures.binomial import chance_of_at_least
from convolens.runs.report.findings.evidence import Evidence
from convolens.runs.report.findings.finding import Finding

CHANCE = 0.05  # the probability above which a guesser could have done as well


def guessing(evidence: Evidence[Scores]) -> Finding | None:
    """Return a problem where a guesser could have done as well, by a binomial test; a note where not."""
    scores = evidence.scores
    numbers = (
        f"accuracy {scores.accuracy:.1%} on {evidence.scores.photos} validation photos; always saying "
        f"{scores.commonest!r} gives {scores.baseline:.1%}"
    )
    p = chance_of_at_least(scores.right, scores.photos, scores.baseline)
    if p > CHANCE and evidence.scores.right == evidence.scores.photos:
        return None  # all that so few photos can say
    if p > CHANCE:
        return Finding(
            "No better than guessing",
            numbers,
            f"train longer, try another learning rate (`convolens lr-find {evidence.data}`), and see in first_batch.png "
            "whether the labels fit the photos",
            "problem",
        )
    return Finding(
        "Better than guessing",
        numbers,
        f"score it on photos that had no part in the training: `convolens evaluate {evidence.run} DATA`",
        "note",
    )
