"""Runs CPython's tests against the library, and compares with plain CPython.

run.py                   runs all; writes docs/conformance.md and what it says test by test, measured.txt
run.py --check           runs all; writes nothing, and fails if the page is not fresh
run.py --only PATTERN    runs the tests whose names match, outside the virtual machine
"""
import argparse
import collections
import concurrent.futures
import json
import os
import platform
import subprocess
import sys

import suites
from differences import DIFFERENCES, LARGEST_SHARE
from measuring import FORMS, HERE, measure
from report import Measured, load, page, save

ROOT = os.path.dirname(os.path.dirname(HERE))
RECORD = os.path.join(HERE, 'measured.txt')
PAGE = os.path.join(ROOT, 'docs', 'conformance.md')
MACHINE = os.path.join(ROOT, 'conformance', 'vm', 'run')
NO_MACHINE = 69                      # EX_UNAVAILABLE, says MACHINE
CPYTHON, *OURS = FORMS
ON_HOST, IN_MACHINE = 'on the host', 'in the virtual machine'


def tell(line):
    print(line, file=sys.stderr, flush=True)


def measure_in_machine():
    """Runs this program in the virtual machine.  None if there is none."""
    program = [sys.executable, '-B', os.path.abspath(__file__), '--as-guest']
    done = subprocess.run([MACHINE, '-t', '900', *program], stdout=subprocess.PIPE)
    if done.returncode == NO_MACHINE:
        tell('NOT RUN: no virtual machine can be had, so families that this kernel lacks are NOT TESTED')
        return None
    if done.returncode != 0:
        raise RuntimeError('the virtual machine failed with %d' % done.returncode)
    return json.loads(done.stdout)


def losses(tests):
    """What plain CPython passes and a form of ours does not, a line for each."""
    for test, by_form in tests.items():
        for form in OURS:
            status, reason = by_form[form]
            if by_form[CPYTHON][0] == 'passed' and status != 'passed' and test not in DIFFERENCES:
                yield 'LOST: %s, %s in %s\n%s' % (test, status, form, reason.strip())


def stale_differences(tests):
    """What stands in differences.py and passes, a line for each."""
    for test in DIFFERENCES.keys() & tests.keys():
        for form in OURS:
            if tests[test][form] == 'passed':
                yield 'STALE: %s passes in %s, and stands in differences.py' % (test, form)


def staleness(measured, recorded):
    """In what the record is not what was measured, a line for each.

    Another machine has other limits: compared are the tests that ended as recorded in plain CPython.
    """
    for place, tests in measured.places.items():
        known = recorded.places.get(place, {})
        same = [test for test in tests if test in known and known[test][CPYTHON] == tests[test][CPYTHON]]
        tell('%s: %d of %d tests are compared with measured.txt' % (place, len(same), len(tests)))
        for test in same:
            if known[test] != tests[test]:
                yield 'NOT FRESH: %s, recorded %s, measured %s' % (test, known[test], tests[test])
        for test in known.keys() ^ tests.keys():
            yield 'NOT FRESH: %s is only %s' % (test, 'measured' if test in tests else 'recorded')


def share_of_differences(tests):
    socket_tests = [test for test in tests if test.startswith('test.test_socket.')]
    return sum(test in DIFFERENCES for test in socket_tests) / len(socket_tests)


def tell_counts(places):
    for place, tests in places.items():
        for form in FORMS:
            count = collections.Counter(by_form[form] for by_form in tests.values())
            counts = ', '.join('%d %s' % (number, status) for status, number in sorted(count.items()))
            tell('%-22s %-17s %s' % (place, form, counts))


def check(measured):
    recorded = load(RECORD)
    if measured.python == recorded.python:
        yield from staleness(measured, recorded)
        yield from stale_differences(measured.places[ON_HOST])
    else:
        # Under the same name, another Python has another test.
        tell('measured.txt is of Python %s, this is %s: not compared' % (recorded.python, measured.python))
    if share_of_differences(measured.places[ON_HOST]) > LARGEST_SHARE:
        yield 'TOO MANY differences'
    with open(PAGE) as file:
        if file.read() != page(recorded):
            yield 'NOT FRESH: docs/conformance.md is not what npm run conformance would write'


def write(measured):
    save(RECORD, measured)
    with open(PAGE, 'w') as file:
        file.write(page(measured))
    print(page(measured))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--check', action='store_true')
    parser.add_argument('--only', default='', metavar='PATTERN')
    parser.add_argument('--jobs', type=int, default=2 * os.cpu_count(), help='workers side by side')
    parser.add_argument('--as-guest', action='store_true', help=argparse.SUPPRESS)
    given = parser.parse_args()

    if given.as_guest:
        # One at a time: the tests share the machine's interfaces.
        print(json.dumps(measure(suites.IN_MACHINE, '', 1, tell)))
        return
    with concurrent.futures.ThreadPoolExecutor() as pool:
        machine = None if given.only else pool.submit(measure_in_machine)
        outcomes = {ON_HOST: measure(suites.HERE, given.only, given.jobs, tell)}
    if machine is not None and machine.result() is not None:
        outcomes[IN_MACHINE] = machine.result()

    places = {
        place: {
            test: {form: status for form, (status, _) in by_form.items()}
            for test, by_form in tests.items()
        }
        for place, tests in outcomes.items()
    }
    tell_counts(places)
    measured = Measured(platform.python_version(), places)
    faults = [loss for tests in outcomes.values() for loss in losses(tests)]
    if given.check:
        faults += check(measured)
    else:
        faults += stale_differences(places[ON_HOST])
        if not faults and not given.only:
            write(measured)
    for fault in faults:
        tell(fault)
    raise SystemExit(1 if faults else 0)


if __name__ == '__main__':
    main()
