"""Runs suites of CPython's tests three times: on CPython's sockets, and on those of both forms of ours."""
import os
import re

from running import Runner, Setting
from suites import selects

HERE = os.path.dirname(os.path.abspath(__file__))
FORMS = {
    'CPython': None,
    'berkeley': ('node', os.path.join(HERE, 'host', 'promises.mjs')),
    'berkeley/blocking': ('node', os.path.join(HERE, 'host', 'blocking.mjs')),
}


def measure(suites, pattern, jobs, tell):
    """What came of the tests that match: {test: {form: Outcome}}.  A module that Python lacks is left out."""
    outcomes = {}
    classes = []                     # of (suite, tests)
    for suite in suites:
        try:
            classes += by_class(suite, pattern)
        except ImportError as failure:
            tell('%s is not in this Python: %s' % (suite.module, str(failure).strip().splitlines()[-1]))
    for form, host in FORMS.items():
        lists = [(setting_of(suite, host), tests) for suite, tests in classes]
        tell('%d tests with the sockets of %s …' % (sum(len(tests) for _, tests in lists), form))
        first = Runner(jobs).run(lists)
        # The time limits of some tests are tight on a busy machine, and some fail now and then in plain
        # CPython as well: what failed is asked once more, with nothing beside it.
        second = Runner(1).run([
            (setting, [test]) for setting, tests in lists for test in tests
            if first[test].status == 'failed'])
        for test, outcome in first.items():
            if test in second and second[test].status == 'passed':
                tell('UNSTEADY: %s in %s passed alone, after it had failed beside others:\n%s'
                     % (test, form, outcome.reason))
            outcomes.setdefault(test, {})[form] = second.get(test, outcome)
    return outcomes


def setting_of(suite, host):
    return Setting(suite.module, host, suite.resources, suite.patience)


def by_class(suite, pattern):
    classes = {}
    for test in Runner(1).tests_of(setting_of(suite, None)):
        if selects(suite, test) and re.search(pattern, test):
            classes.setdefault(test.rpartition('.')[0], []).append(test)
    return [(suite, tests) for tests in classes.values()]
