"""What was measured: as a file that later runs are compared with, and as a page of the documentation."""
import collections
import itertools

from differences import DIFFERENCES
from measuring import FORMS

COUNTED = ('passed', 'failed', 'skipped')

Measured = collections.namedtuple('Measured', 'python places')   # places: {place: {test: {form: status}}}


def save(path, measured):
    with open(path, 'w') as file:
        file.write('Python %s\n' % measured.python)
        for place, tests in measured.places.items():
            file.write('\n%s\n' % place)
            for test, by_form in sorted(tests.items()):
                statuses = [by_form[form] for form in FORMS]
                if len(set(statuses)) == 1:
                    statuses = statuses[:1]
                file.write('  %s %s\n' % (test, ' '.join(statuses)))


def load(path):
    with open(path) as file:
        first, *lines = file.read().splitlines()
    places = {}
    for line in filter(None, lines):
        if line.startswith('  '):
            test, *statuses = line.split()
            tests[test] = dict(zip(FORMS, statuses if len(statuses) > 1 else itertools.repeat(*statuses)))
        else:
            tests = places[line] = {}
    return Measured(first.split()[1], places)


def page(measured):
    """docs/conformance.md"""
    suites = {}                      # title -> class -> what came of its tests
    for place, tests in measured.places.items():
        for test, by_form in sorted(tests.items()):
            module, name, _ = test.rsplit('.', 2)
            title = '`%s`, %s' % (module, place)
            suites.setdefault(title, {}).setdefault(name, []).append(by_form)
    totals = {title: list(itertools.chain(*classes.values())) for title, classes in suites.items()}
    totals['**all**'] = list(itertools.chain(*totals.values()))

    lines = [INTRODUCTION % measured.python, *table('suite', totals)]
    lines += ['', '## Differences', '', '| test | why it fails |', '|---|---|']
    lines += ['| `%s` | %s |' % (test, reason) for test, reason in sorted(DIFFERENCES.items())]
    for title, classes in suites.items():
        lines += ['', '## ' + title, '', *table('class', classes)]
    return '\n'.join(lines) + '\n'


def table(first, rows):
    yield '| %s | %s |' % (first, ' | '.join('`%s`' % form for form in FORMS))
    yield '|---' * (len(FORMS) + 1) + '|'
    for name, tests in rows.items():
        cells = []
        for form in FORMS:
            count = collections.Counter(by_form[form] for by_form in tests)
            cells.append(' / '.join(str(count[status]) for status in COUNTED))
        yield '| %s | %s |' % (name, ' | '.join(cells))


INTRODUCTION = '''# Conformance

Written by `npm run conformance`, not by hand.

CPython's own tests, as they come with Python %s, run three times: on CPython's sockets, for which they were
written, and on those of both forms of this library. Python's `socket.py` and all that stands on it, up to the
servers and clients of its standard library, is CPython's; its C module `_socket` below is replaced by calls
to a Node.js process that performs them. [conformance/cpython](../conformance/cpython/README.md) tells how.

What plain CPython passes has to pass, or is named below with the reason. Skipped is what CPython skips: tests
of other systems, of networks outside, and of families that a kernel lacks; those run in the virtual machine.

Tests that passed / failed / were skipped:
'''
