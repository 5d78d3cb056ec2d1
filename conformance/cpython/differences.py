"""The tests that plain CPython passes and we do not, each with the reason. All others have to pass.

Only two reasons are good: a test is about objects of Python, which are not ours, or about the flag
O_NONBLOCK, which our descriptors always have (docs/design.md).  A test that is named here and passes makes
the run fail: its line is stale.
"""

ALWAYS_NONBLOCKING = 'looks for O_NONBLOCK at the descriptor: ours always have it, also where calls wait'

DIFFERENCES = {
    'test.test_socket.NonBlockingTCPTests.testSetBlocking': ALWAYS_NONBLOCKING,
    'test.test_socket.NonBlockingTCPTests.testSetBlocking_overflow': ALWAYS_NONBLOCKING,
    'test.test_socket.NonblockConstantTest.test_SOCK_NONBLOCK': ALWAYS_NONBLOCKING,
}
# Of all tests of test.test_socket.
LARGEST_SHARE = 0.03
