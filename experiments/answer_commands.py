"""Commands that answer a question over many worlds. Heavy imports wait until they run."""

from pathlib import Path

import click

from experiments.options import (
    SHARE,
    WHOLE_SHARE,
    new_name,
    option_json,
    option_kept,
    option_lang,
    option_out,
    option_set,
    option_share,
    option_workers,
)


@click.command("neutral-price")
@click.argument("baseline")
@click.argument("policy")
@click.option(
    "--seeds",
    type=click.IntRange(2),
    default=6,
    show_default=True,
    help="Pairs of worlds that differ by chance only.",
)
@click.option(
    "--draws",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="Pairs of worlds that differ by assumptions.",
)
@option_share
@option_workers
@option_lang
@option_set
@option_kept("neutral-price")
@option_json
def neutral_price(
    baseline, policy, seeds, draws, share, workers, lang, settings, out, retry_failed, as_json
) -> None:
    """Find the bundle price at which POLICY costs what BASELINE costs."""
    from experiments.answers.neutral_price_command import PRICE, PriceDesign, show_neutral_price

    design = PriceDesign(baseline, policy, seeds, draws, share)
    how = _how(PRICE, policy, out, workers, retry_failed, as_json, lang)
    show_neutral_price(design, settings, how, as_json)


def _how(kind, policy, out, workers, retry_failed, quiet, language):
    """Return how the worlds behind an answer are made."""
    from experiments.sweeps.kept_worlds import HowMade, usual_folder

    folder = usual_folder(kind, Path(policy).stem) if out is None else out
    return HowMade(folder, workers, retry_failed, quiet, language)


@click.command("safe-corridor")
@click.argument("baseline")
@click.argument("policy")
@click.option("--width", "widths", type=WHOLE_SHARE, multiple=True, metavar="SHARE",
              help="Half width of the band, share of revenue (repeatable).")  # fmt: skip
@click.option("--insurer-part", "parts", type=WHOLE_SHARE, multiple=True, metavar="SHARE",
              help="Part outside the band that is the insurer's (repeatable).")  # fmt: skip
@click.option(
    "--spending-within",
    type=WHOLE_SHARE,
    default=0.02,
    show_default=True,
    help="Spending may rise by this part of the baseline.",
)
@click.option(
    "--undertreatment-within",
    type=WHOLE_SHARE,
    default=0.05,
    show_default=True,
    help="The undertreated share may rise by this.",
)
@click.option(
    "--sure",
    type=WHOLE_SHARE,
    default=0.8,
    show_default=True,
    help="Share of the draws in which it must hold.",
)
@click.option("--draws", type=click.IntRange(2), default=20, show_default=True)
@option_share
@option_workers
@option_lang
@option_set
@option_kept("safe-corridor")
@option_json
def safe_corridor(
    baseline,
    policy,
    widths,
    parts,
    spending_within,
    undertreatment_within,
    sure,
    draws,
    share,
    workers,
    lang,
    settings,
    out,
    retry_failed,
    as_json,
) -> None:
    """Find the risk corridors at which neither spending nor undertreatment of POLICY runs away."""
    from experiments.answers.neutral_price_command import CORRIDOR, show_safe_corridor
    from experiments.answers.safe_corridor import CorridorDesign

    usual = CorridorDesign(baseline, policy)
    design = CorridorDesign(
        baseline,
        policy,
        tuple(sorted(set(widths))) or usual.widths,
        tuple(sorted(set(parts))) or usual.insurer_parts,
        draws,
        spending_within,
        undertreatment_within,
        sure,
        share,
    )
    how = _how(CORRIDOR, policy, out, workers, retry_failed, as_json, lang)
    show_safe_corridor(design, settings, how, as_json)


@click.command()
@click.argument("design", type=click.Path(path_type=Path))
@click.option(
    "--out",
    callback=new_name,
    metavar="DIR",
    required=True,
    help="Folder of the search; the same command goes on from what is in it.",
)
@click.option("--generations", type=click.IntRange(1), default=10, show_default=True)
@click.option(
    "--population",
    type=click.IntRange(4),
    default=16,
    show_default=True,
    help="Contracts per generation.",
)
@click.option(
    "--objective",
    "measures",
    multiple=True,
    metavar="MEASURE",
    help="What to do well (repeatable); default spending, burden, refusals, satisfaction, hours.",
)
@option_workers
@option_lang
@option_json
def robust(design, out, generations, population, measures, workers, lang, as_json) -> None:
    """Search the levers of a DESIGN for contracts that do well even where assumptions are bad."""
    from experiments.answers.robust_command import run_robust

    run_robust(design, out, generations, population, measures, workers, lang, as_json)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--policy", "policies", multiple=True, help="Only this policy (repeatable).")
@click.option(
    "--measure",
    "measures",
    multiple=True,
    help="What to analyse (repeatable); default spending, the dangers and work.",
)
@option_lang
@click.option(
    "--out", callback=new_name, metavar="DIR", help="Where to write; default FOLDER/analysis."
)
@option_json
def analyse(folder, policies, measures, lang, out, as_json) -> None:
    """Say what a sweep in FOLDER found, and what the answer hangs on."""
    from experiments.answers.analyse_command import run_analysis

    run_analysis(folder, policies, measures, lang, out, as_json)


@click.command()
@click.argument("policy")
@click.option(
    "--baseline",
    default="fee_for_service_open",
    show_default=True,
    help="Scenario with which the true effect is reckoned.",
)
@click.option(
    "--practices",
    type=click.IntRange(20, 100_000),
    help="Practices in the evaluation; default as many as one world simulates.",
)
@click.option(
    "--years",
    type=click.IntRange(1, 15),
    default=5,
    show_default=True,
    help="Years of the policy that are evaluated.",
)
@click.option(
    "--uptake",
    multiple=True,
    metavar="chosen|pooled|lot|staggered|all|SHARE",
    help="Who takes part: as practices choose, alone or with neighbours (pooled); half of them by"
    " lot; all in yearly waves; all at once; or a share by lot. Repeatable, the first is reported"
    " at length; default all five.",
)
@click.option(
    "--share", type=SHARE, default=0.1, show_default=True, help="Share of the country in one world."
)
@click.option(
    "--seeds",
    type=click.IntRange(2),
    default=6,
    show_default=True,
    help="Worlds that differ by chance only.",
)
@click.option(
    "--draws",
    type=click.IntRange(0),
    default=10,
    show_default=True,
    help="Worlds that differ by assumptions.",
)
@option_workers
@option_lang
@option_set
@option_kept("evaluate")
@option_json
def evaluate(
    policy, baseline, practices, years, uptake, share, seeds, draws, workers, lang, settings, out,
    retry_failed, as_json,
) -> None:  # fmt: skip
    """Say what a yearly evaluation of POLICY would notice, against what is true."""
    from experiments.power.evaluate_command import EVALUATE, evaluate_policy

    how = _how(EVALUATE, policy, out, workers, retry_failed, as_json, lang)
    evaluate_policy(
        policy, baseline, practices, years, uptake, share, seeds, draws, settings, how, as_json
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--at", required=True, metavar="YYYY-01", help="January from which the futures part.")
@click.option(
    "--policy", metavar="SCENARIO", help="Scenario that takes the place of the present one."
)
@option_set
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Worlds in all, to see what is chance.",
)
@option_workers
@option_lang
@option_out
@option_json
def branch(folder, at, policy, settings, seeds, workers, lang, out, as_json) -> None:
    """Continue the saved world of DIR ('run --out') as it was, and under a changed contract."""
    from experiments.branch_command import branch_world

    branch_world(folder, at, settings, policy, seeds, workers, lang, out, as_json)


#: Added to the program by ``experiments.cli``.
ANSWERS = (neutral_price, safe_corridor, robust, analyse, evaluate, branch)
