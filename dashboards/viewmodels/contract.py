"""What a contract rewards, before anything is simulated."""

from collections.abc import Mapping
from typing import Any

from dashboards import palette
from dashboards.charts.rows import Row, rows_chart
from dashboards.shared import shared
from dashboards.texts import texts
from dashboards.viewmodels.figure import Figure
from experiments import number_format as nf
from experiments.number_format import Language

CLASSES = ("profile_3", "profile_4", "profile_5")

#: What a little more brings: key of the stored explanation.
MARGINS = {
    "session": "session_net_eur",
    "group": "group_session_net_eur",
    "heavier": "heaviest_class_after_audits_eur",
    "severe": "severe_patient_eur",
    "burden": "ccq_point_less_eur",
    "admission": "admission_avoided_eur",
}


@shared
def marginal_figure(contract: Mapping[str, Any], which: tuple[str, ...], language: Language):
    """Return what a little more of some things brings, per profile, EUR."""
    t = texts(language)
    rows, table, data = [], [], []
    for name in which:
        for k, profile in enumerate(CLASSES):
            value = contract["one_more"][profile].get(MARGINS[name])
            if value is None:
                continue
            klass = t(f"margin.{profile}").replace(" ", "\u00a0")  # a line does not end inside it
            label = t("margin.row", what=t(f"margin.{name}"), profile=klass)
            said = nf.signed(money(value, language))
            colour, shape = palette.SCENARIOS[k]
            rows.append(Row(label, value, (min(0.0, value), max(0.0, value)), None, said,
                            colour=colour, shape=shape))  # fmt: skip
            table.append((t(f"margin.{name}"), t(f"margin.{profile}"), said))
            data.append((name, profile, value))

    def draw(width: float) -> str:
        gaps = [k for k in range(1, len(data)) if data[k][0] != data[k - 1][0]]
        return rows_chart(
            rows, lambda x: nf.difference(x, language), width, t("margin.key"), "", gap_before=gaps
        )

    best = max(data, key=lambda row: row[2]) if data else ("", "", 0.0)
    worst = min(data, key=lambda row: row[2]) if data else ("", "", 0.0)
    return Figure(
        id="margins_" + "_".join(which),
        title=t(f"margin.title.{which[0]}"),
        sentence=t(
            "margin.sentence",
            best=t(f"margin.{best[0]}"), best_amount=nf.signed(money(best[2], language)),
            worst=t(f"margin.{worst[0]}"), worst_amount=nf.signed(money(worst[2], language)),
        ),
        columns=(t("margin.what"), t("margin.profile"), t("margin.amount")),
        rows=tuple(table),
        data=(("what", "profile", "eur"), *data),
        note=t(f"margin.note.{which[0]}"),
        about="margins",
        draw=draw,
    )  # fmt: skip


def pays_for_outcomes(contract: Mapping[str, Any]) -> bool:
    """Return whether a better outcome brings anything at all."""
    keys = (MARGINS["burden"], MARGINS["admission"])
    return any(abs(one[key]) >= 0.005 for one in contract["one_more"].values() for key in keys)


def money(amount: float, language: Language) -> str:
    """Return an amount in whole euros, or in cents below ten euros."""
    decimals = 2 if 0.0 < abs(amount) < 10.0 else 0
    text = nf.number(amount, language, decimals)
    sign = nf.MINUS if text.startswith(nf.MINUS) else ""
    return f"{sign}EUR {text.removeprefix(nf.MINUS)}"


def losses(contract: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    """Return the chance of a loss by number of patients in the practice."""
    t = texts(language)
    return [
        (t("loss.patients", count=count), nf.percentage(chance, language))
        for count, chance in contract["loss_probability_share"].items()
    ]
