"""Commands for teaching. Heavy imports wait until they run."""

import click

from experiments.options import SHARE, new_name, option_json, option_lang, option_workers


@click.command()
@click.argument("lesson", required=False)
@option_lang
@click.option("--answer", type=click.IntRange(1), help="Your prediction, by number.")
@click.option("--live", is_flag=True, help="Run the lesson now; else its stored results show.")
@click.option("--notebook", is_flag=True, help="Write a Jupyter notebook for courses that program.")
@click.option("--guide", is_flag=True, help="Write the lecturer's guide, ready to print.")
@click.option("--out", callback=new_name, metavar="FILE", help="File of the notebook or guide.")
@click.option("--precompute", is_flag=True, help="Make the stored results of the lessons anew.")
@option_workers
@option_json
def teach(
    lesson, lang, answer, live, notebook, guide, out, precompute, workers, as_json
) -> None:  # fmt: skip
    """List the lessons, or take a LESSON (name, number or a YAML file): predict, then see.

    With --notebook or --guide: write the notebook, or the lecturer's guide (.html or .md).
    """
    chosen = [
        name
        for name, given in (
            ("--notebook", notebook), ("--guide", guide), ("--precompute", precompute),
            ("LESSON", lesson is not None),
        )
        if given
    ]  # fmt: skip
    if len(chosen) > 1:
        raise click.UsageError(f"{chosen[0]} and {chosen[1]} do not go together.")
    if out is not None and not (notebook or guide):
        raise click.UsageError("--out goes with --notebook or --guide.")
    if (answer is not None or live) and lesson is None:
        raise click.UsageError(f"{'--live' if live else '--answer'} goes with a LESSON.")
    if notebook:
        from experiments.teaching.notebook import write_notebook

        write_notebook(out, lang)
    elif guide:
        from experiments.teaching.guide import write_guide

        write_guide(out, lang)
    elif precompute:
        from experiments.teaching.teach_command import precompute_lessons

        precompute_lessons(workers)
    else:
        from experiments.teaching.teach_command import teach as take

        take(lesson, lang, answer, live, workers, as_json)


@click.command()
@click.argument("baseline")
@click.argument("policy")
@click.option(
    "--ask",
    default="fewer_sessions",
    show_default=True,
    metavar="QUESTION",
    help="Whose lives to show: severe_refused, fewer_sessions, graded_heavier or practice_loss.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--share", type=SHARE, default=0.01, show_default=True, help="Share of the country to simulate."
)
@click.option("--theory", metavar="NAME", help="Theory that moves every therapist from 2025 on.")
@option_lang
@option_json
def twins(baseline, policy, ask, seed, share, theory, lang, as_json) -> None:
    """Lay the same patient's two lives side by side: in BASELINE and in POLICY."""
    from experiments.teaching.twins_command import show_twins

    show_twins(baseline, policy, ask, seed, share, theory, lang, as_json)


#: Added to the program by ``experiments.cli``.
TEACHING = (teach, twins)
