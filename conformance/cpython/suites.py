"""Which of CPython's tests are run, and where."""
import collections
import re

# `names` selects tests.  `resources` are regrtest's: what the tests may use beside this machine's CPU for a
# moment; test_socketserver asks for the network, but means the loopback.  `patience` is the LOOPBACK_TIMEOUT
# of the tests in seconds, which regrtest raises for slow machines: calls over the bridge take longer.
Suite = collections.namedtuple('Suite', 'module names resources patience', defaults=[(), 10])

ALL = ''
# Plain CPython hangs in it on machines that have /dev/vsock, but no loopback for it.
ALL_BUT_VSOCK = r'^(?!.*VSOCK)'
FAMILIES = r'CAN|ISOTP|J1939|RDS|TIPC|Crypto|VSOCK|Bluetooth|SCTP|QIPCRTR'

HERE = [
    Suite('test.test_socket', ALL_BUT_VSOCK, patience=60),
    Suite('test.test_ftplib', ALL),
    Suite('test.test_smtplib', ALL),
    Suite('test.test_poplib', ALL),
    Suite('test.test_imaplib', ALL),
    Suite('test.test_httplib', ALL),
    Suite('test.test_urllib2_localnet', ALL),
    Suite('test.test_xmlrpc', ALL),
    Suite('test.test_socketserver', ALL, ('network',)),
    Suite('test.test_selectors', ALL),
]
# In the virtual machine, whose kernel has every family.
IN_MACHINE = [Suite('test.test_socket', FAMILIES, patience=60)]


def selects(suite, test):
    return re.search(suite.names, test.rpartition('.')[0].rpartition('.')[2]) is not None
