"""``zorgbundel describe``: the generated tables of the description, made anew or checked."""

import sys

import click


@click.command("describe")
@click.option("--check", is_flag=True, help="Change nothing; say what has drifted.")
def describe_command(check: bool) -> None:
    """Make the tables of model/ODD.md from the code, or --check that none has drifted."""
    from experiments.describing.documents import DOCUMENTS, drifts, write

    if not check:
        changed = write()
        click.echo(f"Written: {', '.join(changed)}." if changed else "Nothing had drifted.")
        return
    found = drifts()
    for sentence in found:
        click.echo(f"zorgbundel: {sentence}", err=True)
    if found:
        click.echo("zorgbundel: run 'zorgbundel describe' to make the tables anew.", err=True)
        sys.exit(1)
    click.echo(f"No drift: {', '.join(DOCUMENTS)} say what the code says.")
