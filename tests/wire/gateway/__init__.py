"""TensorZero's own gateway in front of a server under test.

provider.py  the model provider behind the gateway, played on loopback
gateways.py  gateways, each in a process of its own (worker.py is what runs there)
resp.py      a connection to the server, to look at what the gateway left and to break it
router.py    the split set-up: cached answers to a second server
case.py      what all tests share: the server, the provider, a gateway
test_*.py    what holds, by subject
"""
