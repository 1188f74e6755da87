# SPDX-License-Identifier: EUPL-1.2
"""What a rehearsal found, as one HTML page: plots are inline SVG, nothing is fetched. In Dutch, as the
reports of a house are."""

import html
from collections import Counter

import jaar
import zaak

COLOURS = {jaar.VERWARD: '#33658a', jaar.OVERIG: '#86bbd8', jaar.VEILIG_THUIS: '#f26419',
           jaar.DETENTIE: '#758e4f', jaar.RADICALISERING: '#2f4858', jaar.WTH: '#f6ae2d'}
MAANDEN = 'jan feb mrt apr mei jun jul aug sep okt nov dec'.split()
NAMES = {'accounted': 'elke melding verantwoord', 'contiguous': 'nummers zonder gat',
         'given': 'verstrekt wat het orakel geeft', 'nothing without a regel':
         'niets zonder regel', 'deadlines': 'wat open staat is bekend', 'terms':
         'inhoud weg na haar termijn, niet eerder', 'escalated': 'wat te laat is wordt gemeld',
         'ZSM in time': 'ZSM binnen zijn uren', 'alarms':
         'alarmen waar reden is, en daar alleen'}
STYLE = '''body{font:15px/1.5 system-ui,sans-serif;color:#222;max-width:980px;margin:2em auto;padding:0 1em}
h1{font-size:1.6em;margin-bottom:.1em}h2{font-size:1.15em;margin:2em 0 .3em}
.oef{background:#f6ae2d;padding:.25em .6em;font-weight:600;display:inline-block}
table{border-collapse:collapse;margin:.5em 0}td,th{padding:.2em .9em .2em 0;text-align:left;
border-bottom:1px solid #e3e3e3}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.goed{color:#3b6e22;font-weight:600}.fout{color:#a4161a;font-weight:600}
svg{width:100%;height:auto;display:block}text{font:12px system-ui,sans-serif;fill:#444}
p.uit{color:#555;margin:.2em 0 .6em}.leg span{display:inline-block;margin-right:1.2em}
.leg i{display:inline-block;width:.8em;height:.8em;margin-right:.4em}'''


def number(value):
    return f'{value:,}'.replace(',', '.')


def line(x1, y1, x2, y2, colour='#ddd'):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"/>'


def rect(x, y, width, height, colour, title=''):
    tip = f'<title>{html.escape(title)}</title>' if title else ''
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" ' \
           f'fill="{colour}">{tip}</rect>'


def text(x, y, said, anchor='start'):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{html.escape(said)}</text>'


def svg(width, height, parts, label):
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(label)}">' + \
        ''.join(parts) + '</svg>'


def legend(colours):
    return '<p class="leg">' + ''.join(f'<span><i style="background:{colour}"></i>'
                                       f'{html.escape(name)}</span>'
                                       for name, colour in colours.items()) + '</p>'


def step_of(most):
    """A round step with at most five of it up to `most`."""
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        if most <= 5 * step:
            return step
    return most


def weeks_plot(weeks, colours, label):
    """Stacked bars, one a week: `weeks` has the counts of each in order."""
    width, height, left, low = 940, 240, 34, 22
    most = max([sum(week[name] for name in colours) for week in weeks] + [1])
    step = step_of(most)
    top = -(-most // step) * step
    scale, bar = (height - low - 8) / top, (width - left) / max(len(weeks), 1)
    parts = []
    for value in range(0, top + 1, step):
        y = height - low - value * scale
        parts += [line(left, y, width, y), text(left - 6, y + 4, str(value), 'end')]
    for at, week in enumerate(weeks):
        y = height - low
        for name, colour in colours.items():
            y -= week[name] * scale
            if week[name]:
                parts.append(rect(left + at * bar + 1, y, bar - 2, week[name] * scale, colour,
                                  f'week {at + 1}: {name} {week[name]}'))
    for month, name in enumerate(MAANDEN):
        if month * 4.35 < len(weeks):
            parts.append(text(left + month * 4.35 * bar, height - 5, name))
    return legend(colours) + svg(width, height, parts, label)


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def delays_plot(delays, label):
    """Of each: half, nine of ten, the longest; in days."""
    rows = sorted((name, values) for name, values in delays.items() if values)
    width, left, row = 940, 250, 26
    most = max([max(values) for _, values in rows] + [1])
    step = step_of(most)
    scale = (width - left - 130) / most
    parts, height = [], row * len(rows) + 30
    for value in range(0, int(most) + 1, step):
        x = left + value * scale
        parts += [line(x, 0, x, height - 24), text(x, height - 8, f'{value} d', 'middle')]
    for at, (name, values) in enumerate(rows):
        y = at * row + 4
        half, nine, last = quantile(values, 0.5), quantile(values, 0.9), max(values)
        parts += [text(left - 8, y + 13, name, 'end'), line(left, y + 9, left + last * scale, y + 9,
                                                            '#999'),
                  rect(left, y, nine * scale, 18, '#86bbd8', f'90 %: {nine:.1f} dagen'),
                  rect(left, y, half * scale, 18, '#33658a', f'helft: {half:.1f} dagen'),
                  text(left + last * scale + 6, y + 13, f'{number(len(values))}×, langste '
                                                        f'{last:.1f}')]
    colours = {'de helft binnen': '#33658a', 'negen van de tien binnen': '#86bbd8',
               'de langste': '#999'}
    return legend(colours) + svg(width, height, parts, label)


def withheld(spel):
    """{rubriek: (sent, given to somebody, given to nobody)} over all meldingen."""
    sent, given = Counter(), Counter()
    for one in spel.gevolgen.values():
        places = {row[2:] for row in one.given}
        for rubriek, betrokkene in zaak.places_of(one.melding, one.rubrieken):
            if rubriek not in zaak.STATED and rubriek != 'bericht':
                sent[rubriek] += 1
                given[rubriek] += (rubriek, betrokkene) in places
    return {rubriek: (count, given[rubriek]) for rubriek, count in sent.most_common()}


def withheld_plot(found, label):
    width, left, row = 940, 150, 26
    most = max([count for count, _ in found.values()] + [1])
    scale, parts = (width - left - 170) / most, []
    for at, (rubriek, (count, given)) in enumerate(found.items()):
        y = at * row + 4
        parts += [text(left - 8, y + 13, rubriek, 'end'),
                  rect(left, y, given * scale, 18, '#758e4f', f'{given} verstrekt'),
                  rect(left + given * scale, y, (count - given) * scale, 18, '#c9c9c9',
                       f'{count - given} aan niemand'),
                  text(left + count * scale + 6, y + 13,
                       f'{number(given)} van {number(count)} verstrekt')]
    colours = {'aan ten minste één ontvanger verstrekt': '#758e4f', 'aan niemand': '#c9c9c9'}
    return legend(colours) + svg(width, row * len(found) + 10, parts, label)


def table(head, rows):
    def cells(tag, row):
        return ''.join(f'<{tag}{"" if at == 0 else " class=n"}>{html.escape(str(value))}</{tag}>'
                       for at, value in enumerate(row))
    return '<table><tr>' + cells('th', head) + '</tr>' + ''.join(
        f'<tr>{cells("td", row)}</tr>' for row in rows) + '</table>'


def promises(kept):
    broken = Counter(breach.partition(':')[0] for breach in kept.breaches)
    return table(('belofte', 'keer nagegaan', 'keer geschonden'),
                 [(NAMES.get(name, name), number(count), number(broken[name]))
                  for name, count in sorted(kept.checked.items())])


def totals(spel):
    figures, counts = spel.jaar.cijfers, spel.counts
    screening = sum(counts[stroom] for stroom in jaar.SCREENING)
    rows = [('meldingen screening en triage', figures.meldingen, screening),
            ('waarvan verward gedrag (E33, E14)', figures.verward, counts[jaar.VERWARD]),
            ('in- en uit detentie', figures.detentie, counts[jaar.DETENTIE]),
            ('radicalisering', figures.radicalisering, counts[jaar.RADICALISERING]),
            ('huisverboden', figures.wth, counts[jaar.WTH]),
            ('verzoeken van ZSM', figures.zsm, counts['ZSM known'] + counts['ZSM nothing'])]
    return table(('', 'jaar', 'gespeeld'),
                 [(name, number(due), number(played)) for name, due, played in rows])


def weeks_of(spel):
    """From the first week to the last, those without anything too."""
    keys = sorted(spel.weeks)
    return [spel.weeks[key] for key in keys]


def page(spel):
    kept, weeks = spel.beloften, weeks_of(spel)
    verdict = '<p class="goed">Elke belofte is gehouden.</p>' if not kept.breaches else \
        f'<p class="fout">{len(kept.breaches)} keer is een belofte geschonden.</p><ul>' + ''.join(
            f'<li>{html.escape(breach)}</li>' for breach in kept.breaches[:50]) + '</ul>'
    counts = spel.counts
    owed = {'open, op tijd': '#86bbd8', 'te laat': '#a4161a'}
    of_owed = [Counter({'open, op tijd': week['owed'] - week['overdue'], 'te laat': week['overdue']})
               for week in weeks]
    sections = [
        ('Wat nagegaan is', promises(kept)),
        ('Aantallen', totals(spel) + f'<p class="uit">Daarnaast {number(counts["twice"])} meldingen '
         f'die nog eens kwamen en hetzelfde ontvangstbewijs kregen, en '
         f'{sum(count for name, count in counts.items() if name.startswith("refused"))} die '
         'terecht geweigerd zijn.</p>'),
        ('Instroom per week', weeks_plot(weeks, COLOURS, 'Meldingen per week, per thema')),
        ('Doorlooptijden', '<p class="uit">Van gebeurtenis tot ontvangst, en van ontvangst tot wat '
         'er mee gedaan is.</p>' + delays_plot(spel.delays, 'Doorlooptijden in dagen')),
        ('Wat open stond', '<p class="uit">Het meeste op een dag van die week. Een klein deel deed '
         'men met opzet te laat.</p>' + weeks_plot(of_owed, owed, 'Openstaand per week')),
        ('Wat achterbleef', '<p class="uit">Van wat partners zonden: aan wie een regel het gaf, en '
         'wat niemand kreeg.</p>' + withheld_plot(withheld(spel), 'Verstrekt en achtergebleven'))]
    title = f'Een jaar om te oefenen: {spel.jaar.cijfers.huis} {spel.jaar.cijfers.jaar}'
    return ('<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>'
            f'{html.escape(title)}</title><style>{STYLE}</style></head><body><p class="oef">OEFENING'
            f'</p><h1>{html.escape(title)}</h1><p class="uit">Zaad {spel.jaar.seed}. Niemand in dit '
            f'jaar bestaat.</p>{verdict}' + ''.join(
                f'<h2>{name}</h2>{body}' for name, body in sections) + '</body></html>\n')
