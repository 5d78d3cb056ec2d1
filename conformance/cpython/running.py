"""Runs the tests of modules, in workers side by side: each class of tests in one go.

A test that is silent for too long is ended, and so is its worker; a new worker goes on with the next test.
"""
import collections
import concurrent.futures
import json
import os
import queue
import select
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SILENCE = 120                        # seconds
# The tests of regrtest want to know that no argument loses what is not ASCII.
ENVIRONMENT = {
    'PYTHONREGRTEST_UNICODE_GUARD': '\N{SMILING FACE WITH SUNGLASSES}',
    'PYTHONDONTWRITEBYTECODE': '1',
}

Outcome = collections.namedtuple('Outcome', 'status reason')
Setting = collections.namedtuple('Setting', 'module host resources patience')


class Worker:
    """A process that runs tests of one module; its events are read one by one."""

    def __init__(self, setting, log):
        self.setting = setting
        self._log = log
        self._folder = tempfile.mkdtemp(prefix='conformance-')
        orders, self._orders = os.pipe()
        self._reports, reports = os.pipe()
        script = os.path.join(HERE, 'worker.py')
        self._process = subprocess.Popen(
            [sys.executable, script, str(orders), str(reports), json.dumps(setting._asdict())],
            pass_fds=[orders, reports], cwd=self._folder, env=dict(os.environ, **ENVIRONMENT),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        os.close(orders)
        os.close(reports)
        self._received = b''
        self.first = self.next_event()

    def order(self, tests):
        os.write(self._orders, json.dumps(tests).encode() + b'\n')

    def next_event(self):
        """The next event: 'silent' if none comes for too long, 'died' if none comes any more."""
        while b'\n' not in self._received:
            if not select.select([self._reports], [], [], SILENCE)[0]:
                return {'event': 'silent'}
            data = os.read(self._reports, 65536)
            if not data:
                return {'event': 'died'}
            self._received += data
        line, _, self._received = self._received.partition(b'\n')
        return json.loads(line)

    def end(self, number=signal.SIGKILL):
        """Ends the process and what it started: the last it wrote."""
        for each in (number, signal.SIGKILL):
            try:
                os.kill(self._process.pid, each)
                self._process.wait(5)
                break
            except subprocess.TimeoutExpired:
                continue
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        os.close(self._orders)
        os.close(self._reports)
        shutil.rmtree(self._folder, ignore_errors=True)
        self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, self._log.tell() - 4000))
        return self._log.read().decode(errors='replace')


class Runner:
    """Runs lists of tests of a setting, several lists at a time."""

    def __init__(self, jobs):
        self._jobs = jobs

    def tests_of(self, setting):
        """The names of all tests of a module."""
        with tempfile.TemporaryFile() as log:
            worker = Worker(setting, log)
            worker.end()
            if worker.first['event'] != 'ready':
                raise ImportError(worker.first.get('reason', 'the worker died'))
            return worker.first['tests']

    def run(self, lists):
        """`lists` are pairs of a setting and names of tests; what came of them: {test: Outcome}."""
        waiting = queue.SimpleQueue()
        for each in lists:
            waiting.put(each)
        with concurrent.futures.ThreadPoolExecutor(self._jobs) as pool:
            jobs = [pool.submit(Job(waiting).run) for _ in range(self._jobs)]
            return {test: outcome for job in jobs for test, outcome in job.result().items()}


class Job:
    """One worker at a time, which takes list after list as long as they have the same setting."""

    def __init__(self, waiting):
        self._waiting = waiting
        self._worker = None
        self._outcomes = {}

    def run(self):
        with tempfile.TemporaryFile() as self._log:
            try:
                while True:
                    setting, tests = self._waiting.get_nowait()
                    self._run_list(setting, list(tests))
            except queue.Empty:
                return self._outcomes
            finally:
                self._end_worker()

    def _run_list(self, setting, tests):
        if self._worker is not None and self._worker.setting != setting:
            self._end_worker()
        while tests:
            if self._worker is None:
                self._worker = Worker(setting, self._log)
            last = self._worker.first
            if last['event'] == 'ready':
                last = self._run_until_it_ends(tests)
            if last['event'] == 'done':
                self._note(tests, tests, 'failed', 'the test was not run')
                return
            # It hangs, has died, or could not even begin.
            number = signal.SIGABRT if last['event'] == 'silent' else signal.SIGKILL
            reason = '%s: %s\n%s' % (last['event'], last.get('reason', ''), self._end_worker(number))
            self._note(tests, last.get('running', tests), 'failed', reason)

    def _run_until_it_ends(self, tests):
        """Takes away from the tests those that had an end; gives the event that was the last."""
        running = tests[:1]
        self._worker.order(tests)
        while True:
            event = self._worker.next_event()
            if event['event'] == 'started':
                running = [event['test']]
            elif event['event'] == 'ended':
                self._note(tests, [event['test']], event['status'], event['reason'])
            elif event['event'] == 'fixture':
                self._note(tests, tests, event['status'], event['reason'])
            else:
                return dict(event, running=running)

    def _note(self, tests, ended, status, reason):
        for test in list(ended):
            self._outcomes[test] = Outcome(status, reason)
            if test in tests:
                tests.remove(test)

    def _end_worker(self, number=signal.SIGKILL):
        worker, self._worker = self._worker, None
        return '' if worker is None else worker.end(number)
