"""Runs tests of one module, in a fresh interpreter, with or without the bridge: worker.py ORDERS REPORTS JSON

ORDERS and REPORTS are descriptors. Each line of the orders is a list of tests to run, each line of the
reports an event. JSON tells the module, the command of the host (or null for plain CPython), the resources
that the tests may use.
"""
import faulthandler
import json
import os
import sys
import traceback
import unittest


def tests_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from tests_of(item)
        else:
            yield item


class Reporter(unittest.TestResult):
    """Of the outcomes of one test the first counts, but a failure before all."""

    def __init__(self, report):
        super().__init__()
        self.report = report
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.outcome = None
        self.report('started', test=test.id())

    def stopTest(self, test):
        super().stopTest(test)
        status, reason = self.outcome or ('passed', '')
        self.report('ended', test=test.id(), status=status, reason=reason)

    def note(self, test, status, reason=''):
        if not isinstance(test, unittest.TestCase):    # setUpClass or setUpModule: all their tests
            self.report('fixture', status=status, reason=reason)
        elif self.outcome is None or status == 'failed':
            self.outcome = status, reason

    def addFailure(self, test, error):
        self.note(test, 'failed', self._exc_info_to_string(error, test))

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.note(test, 'failed', '%s: %s' % (subtest, self._exc_info_to_string(error, test)))

    def addSkip(self, test, reason):
        self.note(test, 'skipped', reason)

    def addExpectedFailure(self, test, error):
        self.note(test, 'passed')

    def addUnexpectedSuccess(self, test):
        self.note(test, 'failed', 'unexpected success')


def main():
    orders, reports = (int(number) for number in sys.argv[1:3])
    setting = json.loads(sys.argv[3])
    faulthandler.enable()            # A test that hangs is ended with SIGABRT: then it tells where it was.
    lines = os.fdopen(reports, 'w', buffering=1)

    def report(event, **details):
        lines.write(json.dumps(dict(details, event=event)) + '\n')

    try:
        if setting['host']:
            import bridge
            bridge.install(setting['host'])
            from bridge import tls
            tls.install()
        from test import support
        support.use_resources = setting['resources']
        support.verbose = False
        support.LOOPBACK_TIMEOUT = setting['patience']
        loaded = unittest.defaultTestLoader.loadTestsFromName(setting['module'])
        tests = {test.id(): test for test in tests_of(loaded)}
    except BaseException:
        report('broken', reason=traceback.format_exc())
        return
    report('ready', tests=list(tests))
    for order in os.fdopen(orders):
        chosen = [tests[name] for name in json.loads(order) if name in tests]
        unittest.TestSuite(chosen).run(Reporter(report))
        report('done')


if __name__ == '__main__':
    main()
    os._exit(0)                          # Threads that tests left behind must not hold us.
