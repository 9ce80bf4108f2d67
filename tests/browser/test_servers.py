"""Servers of the browser tests: what they start ends."""

from browser import servers


def test_a_test_ends_the_kernels_that_it_began(page, lab):
    before = servers.kernels()
    page.request.post(lab.page("api/kernels"))
    assert len(servers.kernels() - before) == 1
    servers.end_kernels(before)
    assert servers.kernels() == before
